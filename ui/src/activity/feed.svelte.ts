// The entries on the screen: asks the app for them page by page and drops an answer that a newer
// question has overtaken.
import type { HistoryEntry } from '../host/bindings/HistoryEntry';
import type { Problem } from '../host/bindings/Problem';
import { problemOf, type Host } from '../host/host';

const PAGE = 60;

export class Feed {
  text = $state('');
  entries = $state.raw<readonly HistoryEntry[]>([]);
  /** Whether earlier entries exist beyond those shown. */
  more = $state(false);
  loading = $state(false);
  problem = $state.raw<Problem | null>(null);
  readonly #host: Host;
  #question = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  search(text: string): Promise<void> {
    this.text = text;
    return this.reload();
  }

  /** Asks anew for everything shown, so that a reader who went far back stays there. */
  reload(): Promise<void> {
    return this.#ask(null, Math.max(PAGE, this.entries.length), []);
  }

  /** Adds the entries before the last one shown. */
  earlier(): Promise<void> {
    return this.#ask(this.entries.at(-1)?.id ?? null, PAGE, this.entries);
  }

  async #ask(before: number | null, limit: number, shown: readonly HistoryEntry[]): Promise<void> {
    const question = ++this.#question;
    this.loading = true;
    try {
      const text = this.text.trim();
      const answer = await this.#host.history({ text: text || null, record: null, limit, before });
      if (question !== this.#question) return;
      this.entries = [...shown, ...answer];
      this.more = answer.length === limit;
      this.problem = null;
    } catch (thrown) {
      if (question !== this.#question) return;
      this.problem = problemOf(thrown);
    }
    this.loading = false;
  }
}
