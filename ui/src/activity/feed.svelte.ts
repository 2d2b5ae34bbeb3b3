// The entries on the screen: asks the app for them page by page and drops an answer that a newer
// question has overtaken.
import type { Act } from '../host/bindings/Act';
import type { Component } from '../host/bindings/Component';
import type { HistoryEntry } from '../host/bindings/HistoryEntry';
import type { Problem } from '../host/bindings/Problem';
import { problemOf, type Host } from '../host/host';

const PAGE = 60;
/** Under a filter whole pages may hold nothing that fits: so many are read in one go, then the user says whether to go on. */
const PAGES = 20;

/** Which entries are shown; `null` for all. */
export interface Choice {
  component: Component | null;
  act: Act | null;
}

export class Feed {
  text = $state('');
  choice = $state.raw<Choice>({ component: null, act: null });
  entries = $state.raw<readonly HistoryEntry[]>([]);
  /** Whether earlier entries exist beyond those shown. */
  more = $state(false);
  loading = $state(false);
  problem = $state.raw<Problem | null>(null);
  readonly #host: Host;
  #question = 0;
  /** The last entry that was read, shown or not. */
  #last: number | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  search(text: string): Promise<void> {
    this.text = text;
    return this.reload();
  }

  choose(choice: Choice): Promise<void> {
    this.choice = choice;
    this.entries = [];
    return this.reload();
  }

  /** Asks anew for everything shown, so that a reader who went far back stays there. */
  reload(): Promise<void> {
    return this.#ask(null, Math.max(PAGE, this.entries.length), []);
  }

  /** Adds the entries before the last one shown. */
  earlier(): Promise<void> {
    return this.#ask(this.#last, PAGE, this.entries);
  }

  async #ask(from: number | null, limit: number, shown: readonly HistoryEntry[]): Promise<void> {
    const question = ++this.#question;
    this.loading = true;
    try {
      let found: HistoryEntry[] = [];
      let before = from;
      let more = true;
      for (let page = 0; page < PAGES && more && found.length < limit; page += 1) {
        const answer = await this.#host.history({ text: this.text.trim() || null, record: null, limit, before });
        if (question !== this.#question) return;
        found = [...found, ...answer.filter((entry) => this.#fits(entry))];
        more = answer.length === limit;
        before = answer.at(-1)?.id ?? before;
      }
      this.entries = [...shown, ...found];
      this.more = more;
      this.#last = before;
      this.problem = null;
    } catch (thrown) {
      if (question !== this.#question) return;
      this.problem = problemOf(thrown);
    }
    this.loading = false;
  }

  #fits(entry: HistoryEntry): boolean {
    const { component, act } = this.choice;
    return (component === null || entry.component === component) && (act === null || entry.act === act);
  }
}
