// What scenes are made of: one moment, two connections of a made-up person, and the parts of a state.
import type { ComponentStatus } from '../bindings/ComponentStatus';
import type { Connection } from '../bindings/Connection';
import type { HistoryEntry } from '../bindings/HistoryEntry';
import type { LastRun } from '../bindings/LastRun';
import type { Problem } from '../bindings/Problem';
import type { Snapshot } from '../bindings/Snapshot';

/** The moment every scene begins: 4 May 2026, 14:10 in Berlin. */
export const SCENE_NOW = Date.UTC(2026, 4, 4, 12, 10);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const MAILBOX: Connection = { connected: true, account: 'anna.berger@nordlicht.example', server: 'mail.nordlicht.example', problem: null };
export const CRM: Connection = { connected: true, account: 'aberger', server: 'crm.nordlicht.example', problem: null };
export const NOBODY: Connection = { connected: false, account: '', server: '', problem: null };

export function snapshot(differing: Partial<Snapshot>): Snapshot {
  return {
    state: 'in_sync',
    since: SCENE_NOW - 40 * MINUTE,
    mailbox: MAILBOX,
    crm: CRM,
    components: [contacts({})],
    next_run: SCENE_NOW + 11 * MINUTE,
    to_decide: 0,
    awaits_start: false,
    disconnecting: false,
    paused_until: null,
    notice: null,
    managed: false,
    ...differing,
  };
}

export function contacts(differing: Partial<ComponentStatus>): ComponentStatus {
  return {
    component: 'contacts',
    enabled: true,
    links: 1250,
    waiting: 0,
    refused: 0,
    last_run: lastRun({ records: { created: 1, updated: 4, deleted: 0 }, items: { created: 0, updated: 2, deleted: 1 } }),
    progress: null,
    ...differing,
  };
}

export function lastRun(differing: Partial<LastRun>): LastRun {
  const none = { created: 0, updated: 0, deleted: 0 };
  const finished = SCENE_NOW - 4 * MINUTE;
  return {
    started: finished - 3 * SECOND,
    finished,
    items: none,
    records: none,
    linked: 0,
    conflicts: 0,
    skipped: 0,
    failed: 0,
    problem: null,
    ...differing,
  };
}

export function problem(code: string, values: Record<string, string> = {}, minutesAgo = 0): Problem {
  return { code, values, since: minutesAgo > 0 ? SCENE_NOW - minutesAgo * MINUTE : 0 };
}

export function entry(differing: Partial<HistoryEntry> & Pick<HistoryEntry, 'id' | 'at' | 'title'>): HistoryEntry {
  return {
    run: 318,
    component: 'contacts',
    side: 'crm',
    act: 'updated',
    item: `AAMkAGY3${differing.id}ZjNkLTk4MTItNGE5Yy1iM2Q1LWQ2MzY5ODQ2ZGQ0NwBGAAA=`,
    record: `12x${4000 + differing.id}`,
    fields: [],
    reason: null,
    ...differing,
  };
}
