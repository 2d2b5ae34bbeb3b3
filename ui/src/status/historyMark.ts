// Tells when the list of what was done may have grown, so that it is read again then and not at every tick.
import type { Snapshot } from '../host/bindings/Snapshot';

/** Changes whenever a run ends, a phase begins or the state changes. */
export function historyMark(snapshot: Snapshot): string {
  const components = snapshot.components.map((status) =>
    [status.last_run?.finished, status.progress?.phase, status.links, status.refused].join(':'),
  );
  return [snapshot.state, ...components].join('|');
}
