// The activity list in portions of a day, newest first, in the order the app gave.
import type { HistoryEntry } from '../host/bindings/HistoryEntry';

export interface Day {
  /** A moment of that day, for its heading. */
  at: number;
  entries: HistoryEntry[];
}

export function byDay(entries: readonly HistoryEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last !== undefined && sameDay(last.at, entry.at)) last.entries.push(entry);
    else days.push({ at: entry.at, entries: [entry] });
  }
  return days;
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
