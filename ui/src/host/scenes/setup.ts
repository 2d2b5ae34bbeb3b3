// The first start, signing in again and disconnecting: every step, well and not.
import type { PreviewPart } from '../bindings/PreviewPart';
import type { Snapshot } from '../bindings/Snapshot';
import type { SignInForms } from '../bindings/SignInForms';
import { firstSync } from './history';
import { contacts, CRM, lastRun, MAILBOX, NOBODY, problem, snapshot } from './made';
import { FORMS, script, WAITS, type Script } from './script';

const UNKNOWN: SignInForms = { ...FORMS, crm_url: '', crm_user: '', email: '' };
const OTHER_CRM = problem('other_crm', { user: 'aberger-test', computer: 'BUERO-PC-14', seen: '2026-04-29' });
const OTHER_COMPUTER = problem('other_computer', { computer: 'BUERO-PC-14', seen: '2026-05-03' });
const CONSENT = problem('consent_missing', {
  address: 'https://login.example.com/organizations/adminconsent?client_id=0f3c2a52-7c1e-4f0f-9a7e-1d2b3c4d5e6f',
});

function unconnected(differing: Partial<Snapshot> = {}): Snapshot {
  const none = { links: 0, last_run: null };
  return snapshot({ state: 'not_connected', crm: NOBODY, mailbox: NOBODY, components: [contacts(none)], next_run: null, ...differing });
}

const crmDone = (): Snapshot => unconnected({ crm: CRM });
const bothDone = (): Snapshot => unconnected({ state: 'in_sync', crm: CRM, mailbox: MAILBOX, awaits_start: true });
function threeToStart(): Snapshot {
  const none = contacts({ links: 0, last_run: null });
  return { ...bothDone(), components: [none, { ...none, component: 'appointments' }, { ...none, component: 'tasks' }] };
}
const signedOut = (): Snapshot =>
  snapshot({ state: 'signed_out', mailbox: { ...MAILBOX, problem: problem('password_expired', {}, 12) }, next_run: null });
const inactive = (): Snapshot =>
  snapshot({ state: 'signed_out', crm: { ...CRM, problem: problem('access_key_no_longer_valid', { account: CRM.account }, 31) }, next_run: null });

export const SETUP = {
  'never-connected': () => script({ snapshot: unconnected(), forms: UNKNOWN, history: [] }),
  'crm-filled': () => script({ snapshot: unconnected(), history: [] }),
  'crm-managed': () =>
    script({ snapshot: unconnected({ managed: true }), forms: { ...UNKNOWN, crm_url: FORMS.crm_url, crm_url_managed: true }, history: [] }),
  'crm-wrong-key': () => script({ snapshot: unconnected(), connectCrm: problem('wrong_access_key', { account: 'aberger' }), history: [] }),
  'crm-wrong-address': () =>
    script({ snapshot: unconnected(), connectCrm: problem('host_not_found', { server: 'crm.nordlicht.example' }), history: [] }),
  'crm-busy': () => script({ snapshot: unconnected(), connectCrm: problem('server_busy', { server: 'crm.nordlicht.example' }), history: [] }),
  'crm-no-store': () => script({ snapshot: unconnected(), connectCrm: problem('secret_store_unavailable', {}), history: [] }),
  'crm-connecting': () => script({ snapshot: unconnected(), connectCrm: WAITS, history: [] }),
  'half-connected': () => script({ snapshot: crmDone(), forms: { ...FORMS, email: '' }, history: [] }),
  'exchange-filled': () =>
    script({ snapshot: crmDone(), forms: { ...FORMS, exchange_url: 'https://mail.nordlicht.example/EWS/Exchange.asmx' }, history: [] }),
  'exchange-manual-only': () => script({ snapshot: crmDone(), forms: { ...FORMS, oauth_offered: false }, history: [] }),
  'exchange-managed': () =>
    script({
      snapshot: unconnected({ crm: CRM, managed: true }),
      forms: { ...FORMS, oauth_offered: false, exchange_url: 'https://mail.nordlicht.example/EWS/Exchange.asmx', exchange_url_managed: true },
      history: [],
    }),
  'exchange-wrong-password': () =>
    script({
      snapshot: crmDone(),
      forms: { ...FORMS, oauth_offered: false },
      connectExchange: problem('wrong_password', { account: FORMS.email }),
      history: [],
    }),
  'exchange-other-crm': () => script({ snapshot: crmDone(), forms: { ...FORMS, oauth_offered: false }, connectExchange: OTHER_CRM, history: [] }),
  'exchange-other-computer': () =>
    script({ snapshot: crmDone(), forms: { ...FORMS, oauth_offered: false }, connectExchange: OTHER_COMPUTER, history: [] }),
  'oauth-waiting': () => script({ snapshot: crmDone(), finishOauth: WAITS, history: [] }),
  'oauth-consent': () => script({ snapshot: crmDone(), finishOauth: CONSENT, history: [] }),
  'oauth-other-computer': () => script({ snapshot: crmDone(), finishOauth: OTHER_COMPUTER, history: [] }),
  preview: () => script({ snapshot: threeToStart(), preview: firstPlan(), history: [] }),
  'preview-loading': () => script({ snapshot: bothDone(), preview: WAITS, history: [] }),
  'preview-empty': () => script({ snapshot: bothDone(), preview: [part({}), part({ component: 'tasks' })], history: [] }),
  'preview-large': () => script({ snapshot: bothDone(), preview: largePlan(), history: [] }),
  'preview-problems': () => script({ snapshot: bothDone(), preview: planWithProblems(), history: [] }),
  'preview-failed': () => script({ snapshot: bothDone(), preview: problem('server_unreachable', { server: MAILBOX.server }), history: [] }),
  'first-sync-all': () =>
    script({
      snapshot: snapshot({
        state: 'syncing',
        components: [
          contacts({ links: 492, last_run: lastRun({ linked: 480, records: { created: 12, updated: 0, deleted: 0 } }) }),
          { ...contacts({ links: 0, last_run: null }), component: 'appointments', progress: { phase: 'writing', done: 61, total: 318 } },
          { ...contacts({ links: 0, last_run: null }), component: 'tasks' },
        ],
        next_run: null,
      }),
      history: firstSync(),
    }),
  'sign-in-again': () => script({ snapshot: signedOut(), place: 'sign_in', forms: { ...FORMS, oauth_offered: false } }),
  'sign-in-again-oauth': () => script({ snapshot: signedOut(), place: 'sign_in', forms: { ...FORMS, oauth_used: true } }),
  'sign-in-again-crm': () => script({ snapshot: inactive(), place: 'sign_in' }),
  'user-inactive': () => script({ snapshot: inactive(), removals: REMOVALS, removed: REMOVED }),
  disconnect: () => script({ place: 'settings', removals: REMOVALS, removed: REMOVED }),
  'disconnect-failed': () => script({ place: 'settings', removals: REMOVALS, removed: problem('connection_lost', { server: MAILBOX.server }) }),
} satisfies Record<string, () => Script>;

const REMOVALS: Script['removals'] = [
  { component: 'emails', folder: 'CRM-Sync', entries: 3, kept: 0 },
  { component: 'contacts', folder: 'CRM-Sync', entries: 1250, kept: 2 },
  { component: 'appointments', folder: null, entries: 318, kept: 0 },
  { component: 'tasks', folder: 'CRM-Sync', entries: 0, kept: 0 },
];
const REMOVED: Script['removed'] = { folders: 3, items: 318, kept: 2, mails: 3 };
const NONE = { created: 0, updated: 0, deleted: 0 };

function part(differing: Partial<PreviewPart>): PreviewPart {
  return { component: 'contacts', items: NONE, records: NONE, linked: 0, left: 0, examples: [], left_examples: [], ...differing };
}

function firstPlan(): PreviewPart[] {
  return [
    part({
      items: { created: 214, updated: 3, deleted: 0 },
      records: { created: 12, updated: 0, deleted: 0 },
      linked: 480,
      examples: [
        { title: 'Jürgen Weiß', act: 'created', side: 'mailbox' },
        { title: 'Zoë van der Meer', act: 'created', side: 'mailbox' },
        { title: 'Peter Holm', act: 'created', side: 'crm' },
        { title: 'Amélie Dubois', act: 'updated', side: 'mailbox' },
        { title: 'Łukasz Wiśniewski', act: 'linked', side: 'mailbox' },
      ],
    }),
    part({
      component: 'appointments',
      items: { created: 31, updated: 0, deleted: 0 },
      records: { created: 1, updated: 0, deleted: 0 },
      left: 2,
      examples: [{ title: 'Abstimmung Angebot 8148', act: 'created', side: 'mailbox' }],
      left_examples: [
        { title: 'Zahnarzt', problem: problem('private_item') },
        { title: 'Jahrestreffen der Projektgruppe', problem: problem('end_before_start') },
      ],
    }),
    part({
      component: 'tasks',
      items: { created: 1, updated: 0, deleted: 0 },
      examples: [{ title: 'Rückruf Werft', act: 'created', side: 'mailbox' }],
    }),
  ];
}

function largePlan(): PreviewPart[] {
  const names = ['Björn Åkesson', 'Renée Müller', 'Dmitri Sokolow', '山田 花子', 'Hans-Georg von der Lippe-Biesterfeld zu Schaumburg'];
  return firstPlan().map((one, at) => ({
    ...one,
    items: { created: 18_402 + at, updated: 311, deleted: at === 0 ? 14 : 0 },
    records: { created: 2_977, updated: 1_204, deleted: 0 },
    linked: 31_650,
    examples: Array.from({ length: 20 }, (_, number) => ({
      title: names[number % names.length] ?? '',
      act: at === 0 && number === 0 ? 'deleted' : 'created',
      side: number % 2 === 0 ? 'mailbox' : 'crm',
    })),
  }));
}

function planWithProblems(): PreviewPart[] {
  return [
    part({
      items: { created: 5, updated: 0, deleted: 0 },
      left: 140,
      examples: [{ title: 'Jürgen Weiß', act: 'created', side: 'mailbox' }],
      left_examples: [
        { title: 'Mehmet Yıldırım', problem: problem('field_mandatory', { field: 'last_name' }) },
        { title: 'Siobhán O’Neill', problem: problem('match_not_unique') },
        { title: '', problem: problem('permission_missing', { right: 'create', module: 'Contacts' }) },
      ],
    }),
    part({
      component: 'appointments',
      left: 1,
      left_examples: [{ title: 'Urlaub', problem: problem('permission_missing', { right: 'create', module: 'Calendar' }) }],
    }),
  ];
}
