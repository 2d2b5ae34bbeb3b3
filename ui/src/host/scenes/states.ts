// The states of the whole: every one the overview and the activity have to show.
import { REFUSED } from './decide';
import { firstSync, history, refusals } from './history';
import { contacts, entry, HOUR, lastRun, MAILBOX, MINUTE, problem, SCENE_NOW, snapshot } from './made';
import { script, type Script } from './script';

export const STATES = {
  'state-rebuilt': () =>
    script({
      snapshot: snapshot({
        notice: {
          code: 'state_rebuilt',
          values: { file: '/home/aberger/.local/share/exchange-connector/state.sqlite.damaged-20260504-120000' },
          since: SCENE_NOW - 10 * MINUTE,
        },
      }),
      history: [],
    }),
  'first-sync': () =>
    script({
      snapshot: snapshot({
        state: 'syncing',
        components: [contacts({ links: 0, last_run: null, progress: { phase: 'writing', done: 612, total: 1250 } })],
        next_run: null,
      }),
      history: firstSync(),
    }),
  'in-sync': () => script({ snapshot: snapshot({}) }),
  syncing: () =>
    script({
      snapshot: snapshot({ state: 'syncing', components: [contacts({ progress: { phase: 'reading_crm', done: 300, total: null } })] }),
    }),
  paused: () =>
    script({
      snapshot: snapshot({ state: 'paused', since: SCENE_NOW - 3 * HOUR, components: [contacts({ waiting: 4 })], next_run: null }),
    }),
  attention: () =>
    script({
      snapshot: snapshot({
        state: 'attention',
        to_decide: REFUSED.length,
        components: [contacts({ refused: 2, last_run: lastRun({ failed: 2, records: { created: 1, updated: 4, deleted: 0 } }) })],
      }),
      history: [...refusals(), ...history()],
      waiting: REFUSED,
    }),
  'disconnect-unfinished': () =>
    script({
      snapshot: snapshot({ state: 'attention', disconnecting: true, components: [contacts({ links: 0 })] }),
    }),
  offline: () =>
    script({
      snapshot: snapshot({
        state: 'offline',
        since: SCENE_NOW - 22 * MINUTE,
        mailbox: { ...MAILBOX, problem: problem('connection_lost', { server: MAILBOX.server }, 22) },
        components: [contacts({ waiting: 3, last_run: lastRun({ problem: problem('connection_lost', { server: MAILBOX.server }, 4) }) })],
        next_run: SCENE_NOW + 5 * MINUTE,
      }),
    }),
  'signed-out': () =>
    script({
      snapshot: snapshot({
        state: 'signed_out',
        since: SCENE_NOW - 47 * MINUTE,
        mailbox: { ...MAILBOX, problem: problem('sign_in_stopped', { side: 'mailbox', count: '2' }, 47) },
        components: [contacts({ waiting: 9, last_run: lastRun({ problem: problem('wrong_password', { account: MAILBOX.account }, 52) }) })],
      }),
    }),
  empty: () =>
    script({
      snapshot: snapshot({ components: [contacts({ links: 0, last_run: lastRun({}) })] }),
      history: [],
    }),
  'all-components': () =>
    script({
      snapshot: snapshot({
        managed: true,
        components: [
          contacts({ last_run: lastRun({ items: { created: 0, updated: 3, deleted: 1 }, linked: 1 }) }),
          {
            ...contacts({ links: 318, waiting: 2 }),
            component: 'appointments',
            last_run: lastRun({ records: { created: 1, updated: 0, deleted: 0 } }),
          },
          {
            ...contacts({ links: 47 }),
            component: 'tasks',
            last_run: lastRun({ problem: problem('permission_missing', { module: 'Calendar', right: 'create' }, 130) }),
          },
          { ...contacts({}), component: 'emails', enabled: false, last_run: null },
        ],
      }),
    }),
  emails: () =>
    script({
      snapshot: snapshot({
        state: 'attention',
        components: [
          {
            ...contacts({ links: 86, refused: 1 }),
            component: 'emails',
            last_run: lastRun({ records: { created: 3, updated: 0, deleted: 0 }, skipped: 1, failed: 1 }),
          },
          contacts({}),
        ],
      }),
      history: [
        entry({ id: 905, at: SCENE_NOW - 4 * MINUTE, title: 'Angebot Nr. 8148', component: 'emails', act: 'created' }),
        entry({
          id: 904,
          at: SCENE_NOW - 4 * MINUTE,
          title: 'yasemin.schaefer@maschinenbau.example',
          component: 'emails',
          act: 'created',
          reason: problem('lead_made'),
        }),
        entry({
          id: 903,
          at: SCENE_NOW - 4 * MINUTE,
          title: 'Vertrauliche Zahlen',
          component: 'emails',
          act: 'passed_over',
          reason: problem('mail_encrypted', { kind: 'S/MIME' }, 0),
        }),
        entry({
          id: 902,
          at: SCENE_NOW - 4 * MINUTE,
          title: 'Rückfrage zu Ihrer Bestellung 8815',
          component: 'emails',
          act: 'refused',
          reason: problem('field_mandatory', { field: 'Projekt' }, 0),
        }),
      ],
    }),
  'start-failed': () => script({ snapshot: problem('state_too_new'), history: [] }),
  'activity-failed': () => script({ snapshot: snapshot({}), history: problem('state_unusable', { detail: 'disk I/O error' }, 0) }),
} satisfies Record<string, () => Script>;
