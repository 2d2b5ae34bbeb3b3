// What the window can ask of the app, and what it is told. `tauri.ts` is the real app, `scripted.ts` a
// played one; nothing outside this folder knows which of them answers.
import type { HistoryEntry } from './bindings/HistoryEntry';
import type { HistoryFilter } from './bindings/HistoryFilter';
import type { Problem } from './bindings/Problem';
import type { Snapshot } from './bindings/Snapshot';

/** The app, as the window sees it. Every answer may fail with a `HostError`. */
export interface Host {
  /** The language of the app, e.g. `de`; `null` where the browser decides. */
  language(): Promise<string | null>;
  snapshot(): Promise<Snapshot>;
  /** Calls `listener` after every change until the returned function is called. */
  watch(listener: (snapshot: Snapshot) => void): Promise<() => void>;
  history(filter: HistoryFilter): Promise<HistoryEntry[]>;
  /** The entries that wait because a server refused them. */
  refused(): Promise<HistoryEntry[]>;
  syncNow(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Unix milliseconds; an argument of the app so that played scenes and tests stand still. */
  now(): number;
}

/** The app answered that something did not work; `problem` is what the user is told. */
export class HostError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.name = 'HostError';
    this.problem = problem;
  }
}

/** The problem behind anything that was thrown, also when it did not come from the app. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof HostError) return thrown.problem;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'bug', values: { what: detail }, since: 0 };
}
