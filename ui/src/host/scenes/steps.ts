// A sync, step by step, as the app tells it.
import type { ComponentStatus } from '../bindings/ComponentStatus';
import type { Snapshot } from '../bindings/Snapshot';
import { lastRun, SCENE_NOW } from './made';

/** Where a sync that is asked for goes: reading, comparing, writing, done. */
export function steps(before: Snapshot): Snapshot[] {
  const [first, ...others] = before.components;
  if (first === undefined) return [before];
  const during = (progress: ComponentStatus['progress']): Snapshot => ({
    ...before,
    state: 'syncing',
    components: [{ ...first, progress }, ...others],
  });
  const writing = Array.from({ length: 21 }, (_, at) => during({ phase: 'writing', done: at * 2, total: 40 }));
  const run = lastRun({ finished: SCENE_NOW, records: { created: 6, updated: 11, deleted: 0 }, items: { created: 9, updated: 14, deleted: 0 } });
  return [
    during({ phase: 'reading_mailbox', done: 0, total: null }),
    during({ phase: 'reading_crm', done: 0, total: null }),
    during({ phase: 'planning', done: 0, total: null }),
    ...writing,
    { ...before, state: 'in_sync', components: [{ ...first, waiting: 0, progress: null, last_run: run }, ...others] },
  ];
}
