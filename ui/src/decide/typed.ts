// Times as people type them: the app takes `2027-03-10 09:00` in the user's zone, or a day.
const TIMES = new Set(['start', 'end', 'due']);

export function isTime(field: string): boolean {
  return TIMES.has(field);
}

/** A value the way it is typed into a field. */
export function typed(field: string, value: string): string {
  const moment = new Date(value);
  if (!isTime(field) || !value.includes('T') || Number.isNaN(moment.getTime())) return value;
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
