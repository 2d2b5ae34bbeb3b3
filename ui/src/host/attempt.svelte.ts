// Something the user asked for: whether it is under way, and what came in its way.
import type { Problem } from './bindings/Problem';
import { problemOf } from './host';

export class Attempt {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  #turn = 0;

  /** Does it; the answer is whether it worked. A second click meanwhile does nothing. */
  async run(deed: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    const turn = ++this.#turn;
    this.busy = true;
    this.problem = null;
    try {
      await deed();
      return turn === this.#turn;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = problemOf(thrown);
      return false;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** Whatever it still answers is of no interest. */
  drop(): void {
    this.#turn += 1;
    this.busy = false;
  }
}
