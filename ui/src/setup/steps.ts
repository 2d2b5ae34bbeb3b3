// The steps of the first start, and which one a state of the app is at.
import type { Snapshot } from '../host/bindings/Snapshot';

export const STEPS = ['crm', 'exchange', 'preview', 'sync'] as const;
export type Step = (typeof STEPS)[number];

/** What is connected already need not be asked again, so a start that was left goes on where it was. */
export function stepOf({ crm, mailbox, awaits_start }: Snapshot): Step {
  if (!crm.connected) return 'crm';
  if (!mailbox.connected) return 'exchange';
  return awaits_start ? 'preview' : 'sync';
}
