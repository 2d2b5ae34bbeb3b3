// Tells whether what ended a component's last run stands above all components already, so that it is not told twice.
import type { ComponentStatus } from '../host/bindings/ComponentStatus';
import type { Problem } from '../host/bindings/Problem';
import type { Snapshot } from '../host/bindings/Snapshot';

/** A side that cannot be reached or signed in to, or a disconnect under way, holds everything up, whatever the last run ended with. */
export function toldAbove(status: ComponentStatus, { state, disconnecting, mailbox, crm }: Snapshot): boolean {
  if (state === 'offline' || state === 'signed_out' || disconnecting) return true;
  const problem = status.last_run?.problem;
  return problem != null && [mailbox.problem, crm.problem].some((side) => side !== null && isSame(side, problem));
}

function isSame(one: Problem, other: Problem): boolean {
  const names = new Set([...Object.keys(one.values), ...Object.keys(other.values)]);
  return one.code === other.code && [...names].every((name) => one.values[name] === other.values[name]);
}
