// What the window can ask of the app, and what it is told. `tauri.ts` is the real app, `scripted.ts` a
// played one; nothing outside this folder knows which of them answers.
import type { Brake } from './bindings/Brake';
import type { BrakeAnswer } from './bindings/BrakeAnswer';
import type { CrmForm } from './bindings/CrmForm';
import type { Decision } from './bindings/Decision';
import type { ExchangeForm } from './bindings/ExchangeForm';
import type { HistoryEntry } from './bindings/HistoryEntry';
import type { HistoryFilter } from './bindings/HistoryFilter';
import type { OAuthForm } from './bindings/OAuthForm';
import type { PauseFor } from './bindings/PauseFor';
import type { Place } from './bindings/Place';
import type { PlannedLine } from './bindings/PlannedLine';
import type { Preferences } from './bindings/Preferences';
import type { PreviewPart } from './bindings/PreviewPart';
import type { Problem } from './bindings/Problem';
import type { Removal } from './bindings/Removal';
import type { Removed } from './bindings/Removed';
import type { SignInForms } from './bindings/SignInForms';
import type { Snapshot } from './bindings/Snapshot';
import type { UndoWhat } from './bindings/UndoWhat';
import type { Undone } from './bindings/Undone';
import type { WaitingEntry } from './bindings/WaitingEntry';
import type { Why } from './bindings/Why';

/** The app, as the window sees it. Every answer may fail with a `HostError`. */
export interface Host {
  /** The language of the app, e.g. `de`; `null` where the browser decides. */
  language(): Promise<string | null>;
  snapshot(): Promise<Snapshot>;
  /** Calls `listener` after every change until the returned function is called. */
  watch(listener: (snapshot: Snapshot) => void): Promise<() => void>;
  /** Where the window begins, and where the tray or a notification sends it. */
  place(): Promise<Place>;
  /** Calls `listener` whenever the tray or a notification sends the window somewhere. */
  watchPlace(listener: (place: Place) => void): Promise<() => void>;

  syncNow(): Promise<void>;
  pause(how: PauseFor): Promise<void>;
  resume(): Promise<void>;

  /** What the sign-in forms begin with. */
  signInForms(): Promise<SignInForms>;
  connectCrm(form: CrmForm): Promise<void>;
  connectExchange(form: ExchangeForm): Promise<void>;
  /** Opens the browser; the answer is the address, for where none opens. */
  beginOauth(form: OAuthForm): Promise<string>;
  /** Waits until the user has signed in in the browser. */
  finishOauth(): Promise<void>;
  cancelOauth(): Promise<void>;
  /** What the first sync would do; asks both servers. */
  preview(): Promise<PreviewPart[]>;
  /** The first sync may begin. */
  start(): Promise<void>;
  /** What a disconnect would remove. */
  removals(): Promise<Removal[]>;
  disconnect(): Promise<Removed>;
  /** Forgets both accounts and leaves the mailbox as it is, for one that cannot be opened any more. */
  abandon(): Promise<void>;
  /** Takes a disconnect back that did not get to its end. */
  stayConnected(): Promise<void>;

  /** What waits for the user, the longest waiting first. */
  waiting(): Promise<WaitingEntry[]>;
  /** The answer is what is still in the way; `null` where nothing is. */
  resolve(id: string, decision: Decision): Promise<Problem | null>;
  brakes(): Promise<Brake[]>;
  /** What a run would do if the brake were approved; asks both servers. */
  brakePlan(id: string): Promise<PlannedLine[]>;
  answerBrake(id: string, answer: BrakeAnswer): Promise<void>;

  history(filter: HistoryFilter): Promise<HistoryEntry[]>;
  undo(what: UndoWhat): Promise<Undone>;
  /** Why something called so was or was not synced. */
  why(text: string): Promise<Why>;

  preferences(): Promise<Preferences>;
  /** `null`: the system's language. It holds at once. */
  setLanguage(language: string | null): Promise<void>;
  setPastDays(days: number): Promise<void>;
  setAutostart(on: boolean): Promise<void>;
  openLogFolder(): Promise<void>;
  /** Ends the program; where the desktop has no tray, the window is the only place to say so. */
  quit(): Promise<void>;

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
