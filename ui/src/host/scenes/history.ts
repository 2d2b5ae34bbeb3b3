// What the made-up app has done: a few changes of today, then months of them.
import type { HistoryEntry } from '../bindings/HistoryEntry';
import { entry, HOUR, MINUTE, problem, SCENE_NOW, SECOND } from './made';

export function refusals(): HistoryEntry[] {
  return [
    entry({
      id: 910,
      at: SCENE_NOW - 4 * MINUTE,
      title: 'Mehmet Yıldırım',
      act: 'refused',
      record: null,
      reason: problem('field_mandatory', { field: 'last_name' }),
    }),
    entry({
      id: 909,
      at: SCENE_NOW - 4 * MINUTE,
      title: 'Siobhán O’Neill',
      act: 'refused',
      fields: [
        {
          field: 'job_title',
          before: 'Buyer',
          after: 'Strategic buyer for wind power, hydrogen and every other thing that turns, burns or flows in the North',
        },
      ],
      reason: problem('field_refused', { field: 'job_title', detail: 'too long' }),
    }),
  ];
}

export function history(): HistoryEntry[] {
  const recent = [
    entry({
      id: 908,
      at: SCENE_NOW - 4 * MINUTE,
      title: 'Jürgen Weiß',
      fields: [{ field: 'phone', before: '+49 40 5550 110', after: '+49 40 5550 117' }],
    }),
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
    entry({
      id: 902,
      at: SCENE_NOW - 28 * HOUR,
      run: 310,
      title: '',
      side: 'mailbox',
      act: 'updated',
      fields: [{ field: 'mobile', before: '', after: '+49 171 5550 4' }],
    }),
  ];
  const names = [
    'Björn Åkesson',
    'Renée Müller',
    'Dmitri Sokolow',
    '山田 花子',
    'Chloé Martin',
    'Hans-Georg von der Lippe',
    'Ines Ōta',
    'Tomás Ruiz',
  ];
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

export function firstSync(): HistoryEntry[] {
  return history()
    .slice(0, 60)
    .map((one, at) => ({ ...one, at: SCENE_NOW - at * SECOND, run: 1, act: at % 3 === 0 ? 'linked' : 'created', fields: [] }));
}
