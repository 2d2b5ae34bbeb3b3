// A played app: answers like the real one, from a scene. For looking at every screen in a plain browser
// (`?host=scripted&scene=first-sync&lang=de`) and for tests; it is not part of the shipped window.
import type { CrmForm } from './bindings/CrmForm';
import type { Decision } from './bindings/Decision';
import type { ExchangeForm } from './bindings/ExchangeForm';
import type { HistoryEntry } from './bindings/HistoryEntry';
import type { HistoryFilter } from './bindings/HistoryFilter';
import type { OAuthForm } from './bindings/OAuthForm';
import type { Place } from './bindings/Place';
import type { Problem } from './bindings/Problem';
import type { Snapshot } from './bindings/Snapshot';
import type { UndoWhat } from './bindings/UndoWhat';
import { HostError, type Host } from './host';
import { SCENE_NOW, scriptOf, steps, WAITS, type Answer, type Script } from './scenes';
import { CRM, HOUR, MAILBOX, NOBODY } from './scenes/made';

const TICK = 250;

/** A played app, and the strings by which a test moves it. */
export interface ScriptedHost extends Host {
  /** Tells the window this state, as the app does after a change. */
  play(snapshot: Snapshot): void;
  /** Sends the window somewhere, as the tray does. */
  send(place: Place): void;
  /** What the app would answer from now on. */
  readonly script: Script;
  /** What the window asked the app to do, in order, with what it gave along. */
  readonly asked: readonly string[];
}

export function scriptedHost(scene: string, language: string | null = null): ScriptedHost {
  return new Player(scriptOf(scene), language);
}

class Player implements ScriptedHost {
  readonly asked: string[] = [];
  readonly script: Script;
  #language: string | null;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  readonly #placeListeners = new Set<(place: Place) => void>();
  #oauth: OAuthForm | null = null;

  constructor(script: Script, language: string | null) {
    this.script = script;
    this.#language = language;
  }

  language = async (): Promise<string | null> => this.#language;
  now = (): number => SCENE_NOW;
  snapshot = async (): Promise<Snapshot> => orProblem(this.script.snapshot);
  place = async (): Promise<Place> => this.script.place;

  watch = async (listener: (snapshot: Snapshot) => void): Promise<() => void> => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  watchPlace = async (listener: (place: Place) => void): Promise<() => void> => {
    this.#placeListeners.add(listener);
    return () => this.#placeListeners.delete(listener);
  };

  syncNow = async (): Promise<void> => {
    this.asked.push('sync_now');
    const before = await this.snapshot();
    steps(before).forEach((step, at) => setTimeout(() => this.play(step), at * TICK));
  };
  pause: Host['pause'] = async (how) => {
    this.asked.push(`pause ${how}`);
    const until = { hour: SCENE_NOW + HOUR, tomorrow: SCENE_NOW + 18 * HOUR, resume: null }[how];
    this.#change({ state: 'paused', next_run: null, paused_until: until });
  };
  resume = async (): Promise<void> => {
    this.asked.push('resume');
    this.#change({ state: 'in_sync', paused_until: null });
  };

  signInForms: Host['signInForms'] = async () => this.script.forms;
  connectCrm = async (form: CrmForm): Promise<void> => {
    this.asked.push(`connect_crm ${JSON.stringify(form)}`);
    await given(inTheWay(form, this.script.connectCrm));
    this.#connect({ crm: CRM });
  };
  connectExchange = async (form: ExchangeForm): Promise<void> => {
    this.asked.push(`connect_exchange ${JSON.stringify(form)}`);
    await given(inTheWay(form, this.script.connectExchange));
    this.#connect({ mailbox: MAILBOX });
  };
  beginOauth = async (form: OAuthForm): Promise<string> => {
    this.asked.push(`begin_oauth ${JSON.stringify(form)}`);
    this.#oauth = form;
    return 'https://login.example.com/organizations/oauth2/v2.0/authorize?client_id=0f3c2a52-7c1e-4f0f-9a7e-1d2b3c4d5e6f&response_type=code';
  };
  finishOauth = async (): Promise<void> => {
    this.asked.push('finish_oauth');
    await given(inTheWay(this.#oauth, this.script.finishOauth));
    this.#connect({ mailbox: MAILBOX });
  };
  cancelOauth = async (): Promise<void> => void this.asked.push('cancel_oauth');
  preview: Host['preview'] = async () => {
    this.asked.push('preview');
    return given(this.script.preview);
  };
  start = async (): Promise<void> => {
    this.asked.push('start');
    const before = { ...(await this.snapshot()), awaits_start: false };
    steps(before).forEach((step, at) => setTimeout(() => this.play(step), at * TICK));
  };
  removals: Host['removals'] = () => given(this.script.removals);
  abandon = async (): Promise<void> => void this.asked.push('abandon');
  stayConnected = async (): Promise<void> => {
    this.asked.push('stay_connected');
    this.#change({ state: 'in_sync', disconnecting: false });
  };
  disconnect: Host['disconnect'] = async () => {
    this.asked.push('disconnect');
    const removed = await given(this.script.removed);
    this.#change({ state: 'not_connected', crm: NOBODY, mailbox: NOBODY, next_run: null });
    return removed;
  };

  waiting: Host['waiting'] = () => given(this.script.waiting);
  resolve = async (id: string, decision: Decision): Promise<Problem | null> => {
    this.asked.push(`resolve ${id} ${JSON.stringify(decision)}`);
    if (this.script.inTheWay) return this.script.inTheWay;
    this.script.waiting = (await given(this.script.waiting)).filter((entry) => entry.id !== id);
    this.#settled();
    return null;
  };
  brakes: Host['brakes'] = async () => this.script.brakes;
  brakePlan: Host['brakePlan'] = async (id) => {
    this.asked.push(`brake_plan ${id}`);
    return given(this.script.plan);
  };
  answerBrake: Host['answerBrake'] = async (id, answer) => {
    this.asked.push(`answer_brake ${id} ${answer}`);
    this.script.brakes = this.script.brakes.filter((brake) => brake.id !== id);
    this.#settled();
  };

  history = async (filter: HistoryFilter): Promise<HistoryEntry[]> =>
    orProblem(this.script.history)
      .filter((entry) => filter.before === null || entry.id < filter.before)
      .filter((entry) => filter.record === null || entry.record === filter.record)
      .filter((entry) => filter.text === null || mentions(entry, filter.text))
      .slice(0, filter.limit);
  undo = async (what: UndoWhat): Promise<Awaited<ReturnType<Host['undo']>>> => {
    this.asked.push(`undo ${JSON.stringify(what)}`);
    return given(this.script.undone);
  };
  why: Host['why'] = async (text) => {
    this.asked.push(`why ${text}`);
    return given(this.script.why);
  };

  preferences: Host['preferences'] = () => given(this.script.preferences);
  setLanguage = async (language: string | null): Promise<void> => {
    this.asked.push(`set_language ${language}`);
    this.#language = language;
  };
  setPastDays = async (days: number): Promise<void> => void this.asked.push(`set_past_days ${days}`);
  setAutostart = async (on: boolean): Promise<void> => void this.asked.push(`set_autostart ${on}`);
  openLogFolder = async (): Promise<void> => void this.asked.push('open_log_folder');
  quit = async (): Promise<void> => void this.asked.push('quit');

  play(snapshot: Snapshot): void {
    this.script.snapshot = snapshot;
    for (const listener of this.#listeners) listener(snapshot);
  }
  send(place: Place): void {
    for (const listener of this.#placeListeners) listener(place);
  }

  #change(differing: Partial<Snapshot>): void {
    this.play({ ...orProblem(this.script.snapshot), ...differing });
  }

  /** After the second side is there for the first time, the first sync waits for a word; after a new sign-in it just goes on. */
  #connect(side: Partial<Snapshot>): void {
    const { state: before, ...known } = { ...orProblem(this.script.snapshot), ...side };
    const both = known.crm.connected && known.mailbox.connected;
    this.play({ ...known, state: both ? 'in_sync' : 'not_connected', awaits_start: both && before === 'not_connected' });
  }

  #settled(): void {
    const entries = Array.isArray(this.script.waiting) ? this.script.waiting.length : 0;
    const to_decide = entries + this.script.brakes.length;
    this.#change({ to_decide, state: to_decide > 0 ? 'attention' : 'in_sync' });
  }
}

/** Whoever has said how else to sign in has nothing in the way any more. */
function inTheWay<T>(form: { take_over: boolean; keep: boolean } | null, answer: T): T | null {
  return form?.take_over || form?.keep === false ? null : answer;
}

function orProblem<T extends object>(answer: T | Problem): T {
  if ('code' in answer) throw new HostError(answer);
  return answer;
}

async function given<T extends object | null>(answer: Answer<T>): Promise<T> {
  if (answer === WAITS) return new Promise(() => undefined);
  if (answer === null) return null as T;
  return orProblem(answer as T & object);
}

function mentions(entry: HistoryEntry, text: string): boolean {
  const all = [entry.title, ...entry.fields.flatMap((change) => [change.field, change.before, change.after])];
  return all.some((one) => one.toLowerCase().includes(text.toLowerCase()));
}
