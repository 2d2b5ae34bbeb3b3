// A played app: answers like the real one, from a scene. For looking at every screen in a plain browser
// (`?host=scripted&scene=first-sync&lang=de`) and for tests; it is not part of the shipped window.
import type { HistoryEntry } from './bindings/HistoryEntry';
import type { HistoryFilter } from './bindings/HistoryFilter';
import type { Problem } from './bindings/Problem';
import type { Snapshot } from './bindings/Snapshot';
import { HostError, type Host } from './host';
import { SCENE_NOW, scriptOf, steps, type Script } from './scenes';

const TICK = 250;

/** A played app, and the strings by which a test moves it. */
export interface ScriptedHost extends Host {
  /** Tells the window this state, as the app does after a change. */
  play(snapshot: Snapshot): void;
  /** What the window asked the app to do, in order. */
  readonly asked: readonly string[];
}

export function scriptedHost(scene: string, language: string | null = null): ScriptedHost {
  return new Player(scriptOf(scene), language);
}

class Player implements ScriptedHost {
  readonly asked: string[] = [];
  readonly #script: Script;
  readonly #language: string | null;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();

  constructor(script: Script, language: string | null) {
    this.#script = script;
    this.#language = language;
  }

  language = async (): Promise<string | null> => this.#language;
  now = (): number => SCENE_NOW;

  snapshot = async (): Promise<Snapshot> => orProblem(this.#script.snapshot);

  watch = async (listener: (snapshot: Snapshot) => void): Promise<() => void> => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  history = async (filter: HistoryFilter): Promise<HistoryEntry[]> =>
    orProblem(this.#script.history)
      .filter((entry) => filter.before === null || entry.id < filter.before)
      .filter((entry) => filter.record === null || entry.record === filter.record)
      .filter((entry) => filter.text === null || mentions(entry, filter.text))
      .slice(0, filter.limit);

  refused = async (): Promise<HistoryEntry[]> =>
    orProblem(this.#script.history).filter((entry) => entry.act === 'refused');

  syncNow = async (): Promise<void> => {
    this.asked.push('sync_now');
    const before = await this.snapshot();
    steps(before).forEach((step, at) => setTimeout(() => this.play(step), at * TICK));
  };

  pause = async (): Promise<void> => {
    this.asked.push('pause');
    this.play({ ...(await this.snapshot()), state: 'paused', next_run: null });
  };

  resume = async (): Promise<void> => {
    this.asked.push('resume');
    this.play({ ...(await this.snapshot()), state: 'in_sync' });
  };

  play(snapshot: Snapshot): void {
    this.#script.snapshot = snapshot;
    for (const listener of this.#listeners) listener(snapshot);
  }
}

function orProblem<T extends object>(answer: T | Problem): T {
  if ('code' in answer) throw new HostError(answer);
  return answer;
}

function mentions(entry: HistoryEntry, text: string): boolean {
  const all = [entry.title, ...entry.fields.flatMap((change) => [change.field, change.before, change.after])];
  return all.some((one) => one.toLowerCase().includes(text.toLowerCase()));
}
