// The scenes of the scripted app: every situation a screen has to show, with made-up people of a
// made-up company. Fixed in time, so that two pictures of one scene are the same.
import type { ComponentStatus } from './bindings/ComponentStatus';
import type { Connection } from './bindings/Connection';
import type { HistoryEntry } from './bindings/HistoryEntry';
import type { LastRun } from './bindings/LastRun';
import type { Problem } from './bindings/Problem';
import type { Snapshot } from './bindings/Snapshot';

/** The moment every scene begins: 4 May 2026, 14:10 in Berlin. */
export const SCENE_NOW = Date.UTC(2026, 4, 4, 12, 10);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export type Scene =
  | 'never-connected'
  | 'half-connected'
  | 'first-sync'
  | 'in-sync'
  | 'syncing'
  | 'paused'
  | 'attention'
  | 'offline'
  | 'signed-out'
  | 'empty'
  | 'state-rebuilt'
  | 'all-components'
  | 'emails'
  | 'start-failed'
  | 'activity-failed';

export interface Script {
  /** A problem where the app could not start. */
  snapshot: Snapshot | Problem;
  history: HistoryEntry[] | Problem;
}

const MAILBOX: Connection = { connected: true, account: 'anna.berger@nordlicht.example', server: 'mail.nordlicht.example', problem: null };
const CRM: Connection = { connected: true, account: 'aberger', server: 'crm.nordlicht.example', problem: null };
const NOBODY: Connection = { connected: false, account: '', server: '', problem: null };

/** The script of a scene; an unknown name plays `in-sync`. */
export function scriptOf(scene: string): Script {
  return (SCRIPTS[scene as Scene] ?? SCRIPTS['in-sync'])();
}

const SCRIPTS: Record<Scene, () => Script> = {
  'state-rebuilt': () => ({
    snapshot: snapshot({
      notice: {
        code: 'state_rebuilt',
        values: { file: '/home/aberger/.local/share/exchange-connector/state.sqlite.damaged-20260504-120000' },
        since: SCENE_NOW - 10 * MINUTE,
      },
    }),
    history: [],
  }),
  'never-connected': () => ({
    snapshot: snapshot({ state: 'not_connected', mailbox: NOBODY, crm: NOBODY, components: [contacts({ links: 0, last_run: null })] }),
    history: [],
  }),
  'half-connected': () => ({
    snapshot: snapshot({ state: 'not_connected', mailbox: NOBODY, components: [contacts({ links: 0, last_run: null })] }),
    history: [],
  }),
  'first-sync': () => ({
    snapshot: snapshot({
      state: 'syncing',
      components: [contacts({ links: 0, last_run: null, progress: { phase: 'writing', done: 612, total: 1250 } })],
      next_run: null,
    }),
    history: firstSync(),
  }),
  'in-sync': () => ({ snapshot: snapshot({}), history: history() }),
  syncing: () => ({
    snapshot: snapshot({ state: 'syncing', components: [contacts({ progress: { phase: 'reading_crm', done: 300, total: null } })] }),
    history: history(),
  }),
  paused: () => ({
    snapshot: snapshot({ state: 'paused', since: SCENE_NOW - 3 * HOUR, components: [contacts({ waiting: 4 })], next_run: null }),
    history: history(),
  }),
  attention: () => ({
    snapshot: snapshot({
      state: 'attention',
      components: [contacts({ refused: 2, waiting: 1, last_run: lastRun({ failed: 2, records: { created: 1, updated: 4, deleted: 0 } }) })],
    }),
    history: [...refusals(), ...history()],
  }),
  offline: () => ({
    snapshot: snapshot({
      state: 'offline',
      since: SCENE_NOW - 22 * MINUTE,
      mailbox: { ...MAILBOX, problem: problem('connection_lost', { server: MAILBOX.server }, 22) },
      components: [contacts({ waiting: 3, last_run: lastRun({ problem: problem('connection_lost', { server: MAILBOX.server }, 4) }) })],
      next_run: SCENE_NOW + 5 * MINUTE,
    }),
    history: history(),
  }),
  'signed-out': () => ({
    snapshot: snapshot({
      state: 'signed_out',
      since: SCENE_NOW - 47 * MINUTE,
      mailbox: { ...MAILBOX, problem: problem('sign_in_stopped', { side: 'mailbox', count: '2' }, 47) },
      components: [contacts({ waiting: 9, last_run: lastRun({ problem: problem('wrong_password', { account: MAILBOX.account }, 52) }) })],
    }),
    history: history(),
  }),
  empty: () => ({
    snapshot: snapshot({ components: [contacts({ links: 0, last_run: lastRun({}) })] }),
    history: [],
  }),
  'all-components': () => ({
    snapshot: snapshot({
      managed: true,
      components: [
        contacts({ last_run: lastRun({ items: { created: 0, updated: 3, deleted: 1 }, linked: 1 }) }),
        { ...contacts({ links: 318, waiting: 2 }), component: 'appointments', last_run: lastRun({ records: { created: 1, updated: 0, deleted: 0 } }) },
        { ...contacts({ links: 47 }), component: 'tasks', last_run: lastRun({ problem: problem('permission_missing', { module: 'Calendar', right: 'create' }, 130) }) },
        { ...contacts({}), component: 'emails', enabled: false, last_run: null },
      ],
    }),
    history: history(),
  }),
  emails: () => ({
    snapshot: snapshot({
      state: 'attention',
      components: [
        { ...contacts({ links: 86, refused: 1 }), component: 'emails', last_run: lastRun({ records: { created: 3, updated: 0, deleted: 0 }, skipped: 1, failed: 1 }) },
        contacts({}),
      ],
    }),
    history: [
      entry({ id: 905, at: SCENE_NOW - 4 * MINUTE, title: 'Angebot Nr. 8148', component: 'emails', act: 'created' }),
      entry({ id: 904, at: SCENE_NOW - 4 * MINUTE, title: 'yasemin.schaefer@maschinenbau.example', component: 'emails', act: 'created', reason: problem('lead_made', {}, 0) }),
      entry({ id: 903, at: SCENE_NOW - 4 * MINUTE, title: 'Vertrauliche Zahlen', component: 'emails', act: 'passed_over', reason: problem('mail_encrypted', { kind: 'S/MIME' }, 0) }),
      entry({ id: 902, at: SCENE_NOW - 4 * MINUTE, title: 'Rückfrage zu Ihrer Bestellung 8815', component: 'emails', act: 'refused', reason: problem('field_mandatory', { field: 'Projekt' }, 0) }),
    ],
  }),
  'start-failed': () => ({ snapshot: problem('state_too_new', {}, 0), history: [] }),
  'activity-failed': () => ({ snapshot: snapshot({}), history: problem('state_unusable', { detail: 'disk I/O error' }, 0) }),
};

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

function snapshot(differing: Partial<Snapshot>): Snapshot {
  return {
    state: 'in_sync',
    since: SCENE_NOW - 40 * MINUTE,
    mailbox: MAILBOX,
    crm: CRM,
    components: [contacts({})],
    next_run: SCENE_NOW + 11 * MINUTE,
    notice: null,
    managed: false,
    ...differing,
  };
}

function contacts(differing: Partial<ComponentStatus>): ComponentStatus {
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

function lastRun(differing: Partial<LastRun>): LastRun {
  const none = { created: 0, updated: 0, deleted: 0 };
  const finished = SCENE_NOW - 4 * MINUTE;
  return { started: finished - 3 * SECOND, finished, items: none, records: none, linked: 0, conflicts: 0, skipped: 0, failed: 0, problem: null, ...differing };
}

function problem(code: string, values: Record<string, string>, minutesAgo: number): Problem {
  return { code, values, since: minutesAgo > 0 ? SCENE_NOW - minutesAgo * MINUTE : 0 };
}

function entry(differing: Partial<HistoryEntry> & Pick<HistoryEntry, 'id' | 'at' | 'title'>): HistoryEntry {
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

function refusals(): HistoryEntry[] {
  return [
    entry({
      id: 910,
      at: SCENE_NOW - 4 * MINUTE,
      title: 'Mehmet Yıldırım',
      act: 'refused',
      record: null,
      reason: problem('field_mandatory', { field: 'last_name' }, 0),
    }),
    entry({
      id: 909,
      at: SCENE_NOW - 4 * MINUTE,
      title: 'Siobhán O’Neill',
      act: 'refused',
      fields: [{ field: 'job_title', before: 'Buyer', after: 'Strategic buyer for wind power, hydrogen and every other thing that turns, burns or flows in the North' }],
      reason: problem('field_refused', { field: 'job_title', detail: 'too long' }, 0),
    }),
  ];
}

function history(): HistoryEntry[] {
  const recent = [
    entry({ id: 908, at: SCENE_NOW - 4 * MINUTE, title: 'Jürgen Weiß', fields: [{ field: 'phone', before: '+49 40 5550 110', after: '+49 40 5550 117' }] }),
    entry({
      id: 907,
      at: SCENE_NOW - 4 * MINUTE,
      title: 'Zoë van der Meer',
      side: 'mailbox',
      fields: [
        { field: 'billing_city', before: 'Kiel', after: 'Lübeck' },
        { field: 'billing_street', before: '', after: 'Königstraße 9\nHinterhaus' },
        { field: 'organisation', before: 'Förde Werft', after: '' },
      ],
    }),
    entry({ id: 906, at: SCENE_NOW - 4 * MINUTE, title: 'Amélie Dubois', act: 'created' }),
    entry({ id: 905, at: SCENE_NOW - 4 * MINUTE, title: 'Peter Holm', side: 'mailbox', act: 'deleted' }),
    entry({ id: 904, at: SCENE_NOW - 64 * MINUTE, run: 317, title: 'Łukasz Wiśniewski', side: 'mailbox', act: 'created' }),
    entry({ id: 903, at: SCENE_NOW - 27 * HOUR, run: 311, title: 'Anna Lindqvist', act: 'linked' }),
    entry({ id: 902, at: SCENE_NOW - 28 * HOUR, run: 310, title: '', side: 'mailbox', act: 'updated', fields: [{ field: 'mobile', before: '', after: '+49 171 5550 4' }] }),
  ];
  const names = ['Björn Åkesson', 'Renée Müller', 'Dmitri Sokolow', '山田 花子', 'Chloé Martin', 'Hans-Georg von der Lippe', 'Ines Ōta', 'Tomás Ruiz'];
  const older = Array.from({ length: 140 }, (_, at) =>
    entry({
      id: 900 - at,
      at: SCENE_NOW - 50 * HOUR - at * 41 * MINUTE,
      run: 300 - Math.floor(at / 4),
      title: names[at % names.length] ?? '',
      side: at % 3 === 0 ? 'mailbox' : 'crm',
      fields: [{ field: 'email', before: `old${at}@example.com`, after: `new${at}@example.com` }],
    }),
  );
  return [...recent, ...older];
}

function firstSync(): HistoryEntry[] {
  return history()
    .slice(0, 60)
    .map((one, at) => ({ ...one, at: SCENE_NOW - at * SECOND, run: 1, act: at % 3 === 0 ? 'linked' : 'created', fields: [] }));
}
