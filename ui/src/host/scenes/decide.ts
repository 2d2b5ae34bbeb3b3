// What waits for the user: conflicts, refused entries, brakes.
import type { PlannedLine } from '../bindings/PlannedLine';
import type { Problem } from '../bindings/Problem';
import type { WaitingEntry } from '../bindings/WaitingEntry';
import type { WaitingValue } from '../bindings/WaitingValue';
import { contacts, HOUR, MINUTE, problem, SCENE_NOW, snapshot } from './made';
import { script, WAITS, type Script } from './script';

const OLD_NOTE =
  'Ansprechpartnerin für alle Angebote rund um Getriebe und Wellen. Am besten vormittags anrufen. ' +
  'Bevorzugt schriftliche Angebote mit Zeichnung. Rabattstufe 2 seit Januar. Lieferanschrift ist die Halle am Kai, nicht das Büro. ' +
  'Rechnungen gehen an die Zentrale in Kiel. Besuchstermine bitte zwei Wochen vorher abstimmen.';

function value(field: string, base: string | null, crm: string | null, mailbox: string | null, open = false): WaitingValue {
  return { field, base, crm, mailbox, open };
}

function waiting(differing: Partial<WaitingEntry> & Pick<WaitingEntry, 'title' | 'problem'>): WaitingEntry {
  const id = `contacts/mailbox/${differing.title}`;
  return { id, component: 'contacts', kind: 'conflict', gone: null, fields: [], asked: [], retry_at: 0, ...differing };
}

const TWO_FIELDS = waiting({
  title: 'Jürgen Weiß',
  problem: problem('both_changed', { field: 'job_title, phone' }, 12),
  fields: [
    value('first_name', 'Jürgen', 'Jürgen', 'Jürgen'),
    value('last_name', 'Weiß', 'Weiß', 'Weiß'),
    value('job_title', 'Einkäufer', 'Leiter Einkauf Nord', 'Leiter Einkauf', true),
    value('phone', '+49 40 5550 110', '+49 40 5550 117', '+49 171 5550 44', true),
    value('billing_city', 'Kiel', 'Kiel', 'Lübeck'),
    value('description', '', '', ''),
  ],
});
const ONE_FIELD = waiting({
  title: 'Abstimmung Angebot 8148',
  component: 'appointments',
  problem: problem('both_changed', { field: 'start' }, 3 * 60),
  fields: [
    value('subject', 'Abstimmung Angebot 8148', 'Abstimmung Angebot 8148', 'Abstimmung Angebot 8148'),
    value('start', '2026-05-06T08:00:00Z', '2026-05-06T09:30:00Z', '2026-05-07T08:00:00Z', true),
  ],
});
const LONG_TEXT = waiting({
  title: 'Zoë van der Meer',
  problem: problem('both_changed', { field: 'description' }, 40),
  fields: [
    value(
      'description',
      OLD_NOTE,
      OLD_NOTE.replace('vormittags', 'nachmittags').replace('Rabattstufe 2', 'Rabattstufe 3'),
      `${OLD_NOTE.replace(' mit Zeichnung', '')}\n\nNeue Vertretung: Herr Sokolow, Durchwahl 118.`,
      true,
    ),
  ],
});
const DELETED = waiting({
  title: 'Rückruf Werft',
  component: 'tasks',
  kind: 'deleted',
  gone: 'crm',
  problem: problem('deleted_and_changed', {}, 95),
  fields: [
    value('subject', 'Rückruf Werft', null, 'Rückruf Werft'),
    value('due', '2026-05-05', null, '2026-05-08', true),
    value('priority', 'Normal', null, 'High', true),
  ],
});
const FLIPS = waiting({
  title: 'Amélie Dubois',
  problem: problem('field_flips', { field: 'mobile' }, 26 * 60),
  retry_at: SCENE_NOW + 19 * HOUR,
  fields: [value('mobile', '+33 6 5550 12', '+33 6 5550 12', '0033 6555012', true)],
});
const MISSING_FIELD = waiting({
  title: 'Mehmet Yıldırım',
  kind: 'refused',
  problem: problem('field_mandatory', { field: 'last_name' }, 4),
  asked: ['last_name', 'Branche'],
  retry_at: SCENE_NOW + 50 * MINUTE,
  fields: [
    value('first_name', null, null, 'Mehmet Yıldırım'),
    value('last_name', null, null, '', true),
    value('email', null, null, 'mehmet@yildirim.example'),
  ],
});
const MISSING_RIGHT = waiting({
  title: 'Messebesuch Hannover',
  component: 'appointments',
  kind: 'refused',
  problem: problem('permission_missing', { right: 'create', module: 'Calendar' }, 47 * 60),
  retry_at: SCENE_NOW + 2 * HOUR,
  fields: [value('subject', null, null, 'Messebesuch Hannover')],
});
const TOO_LONG = waiting({
  title: 'Siobhán O’Neill',
  kind: 'refused',
  problem: problem('field_refused', { field: 'job_title', detail: 'too long' }, 4),
  asked: ['job_title'],
  fields: [
    value('job_title', null, null, 'Strategic buyer for wind power, hydrogen and every other thing that turns, burns or flows in the North', true),
  ],
});
const TOO_LARGE = waiting({
  title: 'Pläne der Halle, Teil 3 von 7',
  component: 'emails',
  kind: 'refused',
  problem: problem('entry_refused', { detail: 'attachment exceeds 10 MB' }, 70),
  fields: [value('subject', null, null, 'Pläne der Halle, Teil 3 von 7')],
});
const WRONG_TIMES = waiting({
  title: 'Jahrestreffen der Projektgruppe',
  component: 'appointments',
  kind: 'refused',
  problem: problem('end_before_start', {}, 200),
  asked: ['start', 'end'],
  fields: [
    value('subject', null, null, 'Jahrestreffen der Projektgruppe'),
    value('start', null, null, '2026-06-11T09:00:00Z', true),
    value('end', null, null, '2026-06-11T08:00:00Z', true),
  ],
});

/** What the overview counts as not taken over. */
export const REFUSED = [MISSING_FIELD, TOO_LONG];

const BRAKE = { id: 'brake/contacts', component: 'contacts', since: SCENE_NOW - 18 * MINUTE } as const;
const MANY = problem('many_deletions', { side: 'mailbox', count: '64', of: '1250' });
const GIVEN = ['Björn', 'Renée', 'Dmitri', '花子', 'Chloé', 'Ines', 'Tomás', 'Aylin'];
const FAMILY = ['Åkesson', 'Müller', 'Sokolow', '山田', 'Martin', 'Ōta', 'Ruiz', 'Öztürk'];
const PLAN: PlannedLine[] = Array.from({ length: 64 }, (_, at) => ({
  title: `${GIVEN[at % 8]} ${FAMILY[(at + Math.floor(at / 8)) % 8]}`,
  act: 'unlinked',
  side: 'crm',
}));

function deciding(entries: WaitingEntry[], differing: Partial<Script> = {}): Script {
  const count = entries.length + (differing.brakes?.length ?? 0);
  const state = count > 0 ? 'attention' : 'in_sync';
  return script({
    snapshot: snapshot({ state, to_decide: count, components: [contacts({ refused: entries.length })] }),
    place: 'conflicts',
    waiting: entries,
    ...differing,
  });
}

const braked = (alarms: Problem[], plan: Script['plan'] = PLAN): Partial<Script> => ({ brakes: [{ ...BRAKE, alarms }], plan });

export const DECIDE = {
  'no-conflicts': () => deciding([]),
  'conflicts-loading': () => deciding([], { waiting: WAITS }),
  'conflicts-failed': () => deciding([], { waiting: problem('state_unusable', { detail: 'disk I/O error' }) }),
  'one-conflict': () => deciding([TWO_FIELDS]),
  'many-conflicts': () =>
    deciding([TWO_FIELDS, ONE_FIELD, LONG_TEXT, DELETED, FLIPS, MISSING_FIELD, MISSING_RIGHT, TOO_LONG, TOO_LARGE, WRONG_TIMES]),
  'conflict-time': () => deciding([ONE_FIELD]),
  'conflict-long-text': () => deciding([LONG_TEXT]),
  'conflict-deleted': () => deciding([DELETED]),
  'conflict-deleted-mailbox': () =>
    deciding([{ ...DELETED, gone: 'mailbox', fields: DELETED.fields.map((one) => ({ ...one, crm: one.mailbox, mailbox: null })) }]),
  'field-flips': () => deciding([FLIPS]),
  'refused-field': () => deciding([MISSING_FIELD]),
  'refused-right': () => deciding([MISSING_RIGHT]),
  'refused-too-long': () => deciding([TOO_LONG]),
  'refused-too-large': () => deciding([TOO_LARGE]),
  'refused-times': () => deciding([WRONG_TIMES]),
  'still-in-the-way': () => deciding([MISSING_FIELD], { inTheWay: problem('field_mandatory', { label: 'Kundennummer' }) }),
  brake: () => deciding([], braked([MANY])),
  'brake-side-empty': () => deciding([], braked([problem('side_empty', { side: 'crm', count: '1250', of: '1250' })])),
  'brake-field': () => deciding([], braked([problem('field_swept', { field: 'phone', side: 'crm', count: '410', of: '1250' })])),
  'brake-plan-failed': () => deciding([], braked([MANY], problem('server_unreachable', { server: 'mail.nordlicht.example' }))),
  'brake-and-conflicts': () => deciding([TWO_FIELDS, MISSING_FIELD], braked([MANY])),
} satisfies Record<string, () => Script>;
