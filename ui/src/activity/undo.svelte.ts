// Taking back what was done: what was asked for last, and what became of it.
import { Attempt } from '../host/attempt.svelte';
import type { Undone } from '../host/bindings/Undone';
import type { UndoWhat } from '../host/bindings/UndoWhat';
import type { Host } from '../host/host';

export class Undo {
  readonly attempt = new Attempt();
  /** The line at which it was asked for, so that the answer stands there. */
  line = $state<number | null>(null);
  result = $state.raw<Undone | null>(null);
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async back(line: number, what: UndoWhat): Promise<void> {
    if (this.attempt.busy) return;
    this.line = line;
    this.result = null;
    await this.attempt.run(async () => void (this.result = await this.#host.undo(what)));
  }
}
