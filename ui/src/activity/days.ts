// The activity list in portions of a day, newest first, in the order the app gave.
import type { HistoryEntry } from '../host/bindings/HistoryEntry';

export interface Day {
  /** No other portion is called so, and this one stays so whatever is added to it. */
  name: string;
  /** A moment of that day, for its heading. */
  at: number;
  entries: HistoryEntry[];
}

export function byDay(entries: readonly HistoryEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last !== undefined && sameDay(last.at, entry.at)) last.entries.push(entry);
    else days.push({ name: nameOf(entry.at, days), at: entry.at, entries: [entry] });
  }
  return days;
}

/** The day; where a clock was set back it is there more than once. */
function nameOf(at: number, days: readonly Day[]): string {
  const name = new Date(at).toDateString();
  const before = days.filter((day) => sameDay(day.at, at)).length;
  return before === 0 ? name : `${name} ${before}`;
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
