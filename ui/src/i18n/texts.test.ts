// The sentences and how they are filled, in both languages.
import { describe, expect, test } from 'vitest';

import de from './de.json';
import en from './en.json';
import { Texts, textsFor } from './texts';

const NOW = Date.UTC(2026, 4, 4, 12, 10);
const MINUTE = 60_000;
const german = new Texts('de', 'de-DE');
const english = new Texts('en', 'en-GB');
const languages: Record<string, Record<string, string>> = { de, en };

describe('the two languages', () => {
  test('have the same keys in the same order', () => {
    expect(Object.keys(de)).toEqual(Object.keys(en));
  });

  test('have the same placeholders in every sentence', () => {
    const holes = (sentence: string | undefined): string[] => [...new Set(sentence?.match(/\{\w+\}/g))].sort();
    const differing = Object.keys(en).filter(
      (key) => String(holes(languages['de']?.[key])) !== String(holes(languages['en']?.[key])),
    );
    expect(differing).toEqual([]);
  });

  test('leave no sentence empty', () => {
    for (const sentences of Object.values(languages)) {
      expect(Object.entries(sentences).filter(([, sentence]) => sentence.trim() === '')).toEqual([]);
    }
  });

  test('have both forms of every counted sentence', () => {
    const keys = new Set(Object.keys(en));
    const halves = [...keys].filter((key) => {
      const base = /^(.*)_(one|other)$/.exec(key)?.[1];
      return base !== undefined && !(keys.has(`${base}_one`) && keys.has(`${base}_other`));
    });
    expect(halves).toEqual([]);
  });

  test('keep each area together', () => {
    const areas = Object.keys(en).map((key) => key.split('.')[0]);
    const starts = areas.filter((area, at) => area !== areas[at - 1]);
    expect(starts).toEqual([...new Set(starts)]);
  });

  test('r7_4_every_error_says_what_happened_and_what_to_do', () => {
    const codes = new Set(Object.keys(en).flatMap((key) => /^error\.(.+)\.(?:what|next)$/.exec(key)?.[1] ?? []));
    const half = [...codes].filter((code) => !(`error.${code}.what` in en && `error.${code}.next` in en));
    expect(codes.size).toBeGreaterThan(0);
    expect(half).toEqual([]);
  });
});

describe('a sentence', () => {
  test('takes the form its count asks for', () => {
    expect(german.t('window.count.created', { count: 1 })).toBe('1 neu');
    expect(german.t('window.run.conflicts', { count: 1 })).toBe('1 Konflikt');
    expect(german.t('window.run.conflicts', { count: 0 })).toBe('0 Konflikte');
    expect(english.t('tray.line.refused', { count: 2 })).toBe('2 entries could not be taken over');
  });

  test('writes numbers as the language does', () => {
    expect(german.t('window.run.linked', { count: 1250 })).toBe('1.250 neu verknüpft');
    expect(english.t('window.run.linked', { count: 1250 })).toBe('1,250 newly linked');
  });

  test('shows a placeholder nobody filled rather than hiding it', () => {
    expect(english.t('window.progress', { done: 3 })).toBe('3 of {total}');
  });

  test('does not read a value as a placeholder', () => {
    expect(english.t('window.activity.none', { text: '{count}', count: 4 })).toBe('Nothing found for “{count}”.');
  });
});

describe('a problem', () => {
  test('leaves out the part of its sentence that has no value', () => {
    const busy = { code: 'server_busy', values: {}, since: 0 };
    expect(english.what(busy)).toBe('The server is busy and asked us to wait.');
    const named = { ...busy, values: { server: 'mail.example' } };
    expect(english.what(named)).toBe('The server mail.example is busy and asked us to wait.');
    expect(german.what(named)).toBe('Der Server mail.example ist ausgelastet und bittet um Geduld.');
  });

  test('never shows a placeholder or a bracket, whatever values come along', () => {
    const codes = new Set(Object.keys(en).flatMap((key) => /^error\.(.+)\.what$/.exec(key)?.[1] ?? []));
    for (const code of codes) {
      for (const texts of [german, english]) {
        expect(texts.what({ code, values: {}, since: 0 }) + texts.next({ code, values: {}, since: 0 })).not.toMatch(/[{}[\]]/);
      }
    }
  });

  test('does not read brackets in a value', () => {
    const refused = { code: 'entry_refused', values: { detail: '[{field}]' }, since: 0 };
    expect(english.what(refused)).toBe('The entry was not accepted: [{field}].');
  });

  test('takes the label of the CRM for a field without a name', () => {
    const mandatory = { code: 'field_mandatory', values: { label: 'Branche' }, since: 0 };
    expect(english.what(mandatory)).toBe('The field “Branche” is mandatory, but empty.');
  });

  test('says when somebody was seen as the language does', () => {
    const elsewhere = { code: 'other_computer', values: { seen: '2026-05-03' }, since: 0 };
    expect(german.what(elsewhere)).toContain('zuletzt am 03.05.2026');
    expect(english.what({ ...elsewhere, values: { seen: 'long ago' } })).toContain('last on long ago');
  });

  test('names the missing right', () => {
    const denied = { code: 'permission_missing', values: { right: 'create', module: 'Contacts' }, since: 0 };
    expect(german.what(denied)).toBe('Es fehlt ein Recht: anlegen im Modul „Contacts“.');
  });

  test('names its field as users know it', () => {
    const problem = { code: 'field_mandatory', values: { field: 'last_name' }, since: 0 };
    expect(german.what(problem)).toContain('„Nachname“');
    expect(english.what(problem)).toContain('“Last name”');
  });

  test('keeps the name of a field that only the policy knows', () => {
    expect(english.what({ code: 'field_mandatory', values: { field: 'cf_854' }, since: 0 })).toContain('“cf_854”');
  });

  test('without a sentence of its own still says its code', () => {
    const problem = { code: 'brand_new', values: {}, since: 0 };
    expect(german.what(problem)).toContain('brand_new');
    expect(german.next(problem)).toBe(de['error.unknown.next']);
  });
});

describe('a moment', () => {
  test.each([
    [0, 'gerade eben', 'just now'],
    [-4 * MINUTE, 'vor 4 Minuten', '4 minutes ago'],
    [11 * MINUTE, 'in 11 Minuten', 'in 11 minutes'],
    [-3 * 60 * MINUTE, 'heute um 11:10', 'today at 11:10'],
    [-15 * 60 * MINUTE, 'gestern um 23:10', 'yesterday at 23:10'],
    [-9 * 24 * 60 * MINUTE, 'am 25. April um 14:10', 'on 25 April at 14:10'],
    [-400 * 24 * 60 * MINUTE, 'am 30. März 2025 um 14:10', 'on 30 March 2025 at 14:10'],
  ])('%i ms away is told as people say it', (away, inGerman, inEnglish) => {
    expect(german.when(NOW + away, NOW)).toBe(inGerman);
    expect(english.when(NOW + away, NOW)).toBe(inEnglish);
  });

  test('counts midnights, not hours, also over a change of the clocks', () => {
    const noonAfterChange = Date.UTC(2026, 2, 29, 10, 0);
    const nightBefore = Date.UTC(2026, 2, 28, 22, 30);
    expect(german.day(nightBefore, noonAfterChange)).toBe('Gestern');
  });
});

describe('r10_3_the_language', () => {
  test.each([
    ['de', ['en-US'], 'de'],
    [null, ['de-AT', 'en'], 'de'],
    [null, ['fr-FR', 'de-CH', 'en'], 'de'],
    [null, ['fr-FR'], 'en'],
    ['xx', ['de'], 'de'],
  ])('asked for %s, browser %s: %s', (wanted, browser, expected) => {
    expect(textsFor(wanted, browser).language).toBe(expected);
  });
});

describe('a value of an appointment or a task', () => {
  test('is a day or a moment of the language', () => {
    expect(german.value('due', '2027-03-10')).toBe('10.03.2027');
    expect(english.value('due', '2027-03-10')).toBe('10 Mar 2027');
    const local = new Date('2027-03-10T08:00:00Z');
    const hour = String(local.getHours()).padStart(2, '0');
    expect(german.value('start', '2027-03-10T08:00:00Z')).toContain(`${hour}:00`);
    expect(german.value('start', 'no time')).toBe('no time');
  });

  test('is a word where the value is one of ours', () => {
    expect(german.value('status', 'NotStarted')).toBe('Nicht begonnen');
    expect(english.value('priority', 'High')).toBe('High');
    expect(english.value('private', '1')).toBe('yes');
    expect(german.value('reminder', '15')).toBe('15 Minuten vorher');
    expect(english.value('location', '')).toBe('empty');
    expect(english.value('subject', 'NotStarted')).toBe('NotStarted');
  });

  test('stands for a name where there is none', () => {
    expect(german.title('')).toBe('(ohne Namen)');
    expect(german.title('2027-03-10')).toBe('(ohne Namen) 10.03.2027');
    expect(german.title('Anna')).toBe('Anna');
  });

  test('is named in a problem with all its fields', () => {
    const problem = { code: 'both_changed', values: { field: 'start, end' }, since: 0 };
    expect(german.what(problem)).toContain('Beginn, Ende');
  });
});
