// What waits for the user: how it is compared, what is asked of the app, and what the user is told afterwards.
import { cleanup, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test } from 'vitest';

import { button, field, open, settle, words } from './opened';

afterEach(cleanup);

async function click(name: string | RegExp): Promise<void> {
  await userEvent.click(button(name));
  await settle();
}

const card = (name: string): ReturnType<typeof within> => within(screen.getByRole('article', { name }));
const marks = (root: ParentNode, mark: string): (string | null)[] => [...root.querySelectorAll(mark)].map((one) => one.textContent);

describe('the list', () => {
  test('puts brakes first and opens nothing where there is a choice', async () => {
    await open('brake-and-conflicts');
    const names = screen.getAllByRole('article').map((one) => document.getElementById(one.getAttribute('aria-labelledby') ?? '')?.textContent);
    expect(names).toEqual(['Contacts stopped', 'Jürgen Weiß', 'Mehmet Yıldırım']);
    expect(screen.getAllByRole('button', { expanded: false }).length).toBeGreaterThanOrEqual(3);
    expect(screen.queryByRole('radio')).toBeNull();
  });

  test('that is empty says so', async () => {
    await open('no-conflicts');
    expect(words()).toContain('Nothing to decide');
  });

  test('that could not be read says why and is asked for again', async () => {
    const host = await open('conflicts-failed');
    expect(words()).toContain("The conflicts could not be read. The program’s own files cannot be read or written: disk I/O error.");
    host.script.waiting = [];
    await click('Try again');
    expect(words()).toContain('Nothing to decide');
  });

  test('that is being read shows it', async () => {
    await open('conflicts-loading');
    expect(screen.getByRole('progressbar', { name: 'Loading …' })).toBeTruthy();
  });
});

describe('r6_4 a conflict', () => {
  test('compares field by field and marks the words that differ', async () => {
    await open('one-conflict');
    const phone = screen.getByRole('group', { name: 'Phone' });
    expect(within(phone).getAllByRole('radio')).toHaveLength(2);
    expect(phone.textContent?.replace(/\s+/g, ' ')).toContain('Both last had +49 40 5550 110');
    expect(marks(phone, 'ins')).toEqual(['117', '171', '44']);
    expect(marks(phone, 'del')).toEqual(['110']);
  });

  test('marks both sides where they never agreed', async () => {
    await open('one-conflict', 'en', (host) => {
      const [entry] = Array.isArray(host.script.waiting) ? host.script.waiting : [];
      if (entry) host.script.waiting = [{ ...entry, fields: [{ field: 'phone', base: null, crm: '1 2', mailbox: '1 3', open: true }] }];
    });
    expect(marks(document, 'mark')).toEqual(['2', '3']);
  });

  test('is decided by a choice for every field', async () => {
    const host = await open('one-conflict');
    expect(button('Apply choice').disabled).toBe(true);
    await userEvent.click(within(screen.getByRole('group', { name: 'Job title' })).getByRole('radio', { name: /CRM/ }));
    expect(button('Apply choice').disabled).toBe(true);
    await userEvent.click(within(screen.getByRole('group', { name: 'Phone' })).getByRole('radio', { name: /Exchange/ }));
    await click('Apply choice');
    expect(host.asked).toEqual(['resolve contacts/mailbox/Jürgen Weiß {"how":"fields","answers":{"job_title":"crm","phone":"exchange"}}']);
    expect(screen.getByText('Done: Jürgen Weiß')).toBeTruthy();
    expect(words()).toContain('Nothing to decide');
  });

  test.each([
    ['Keep CRM', 'crm'],
    ['Keep Exchange', 'mailbox'],
  ])('%s keeps that side as a whole', async (name, side) => {
    const host = await open('one-conflict');
    await click(name);
    expect(host.asked).toEqual([`resolve contacts/mailbox/Jürgen Weiß {"how":"keep","side":"${side}"}`]);
  });

  test('shows the other fields on demand', async () => {
    await open('one-conflict');
    await click('3 other fields');
    expect(words()).toContain('CRM: Kiel');
    expect(words()).toContain('Exchange: Lübeck');
  });

  test('of a field that flips says what may be behind it', async () => {
    await open('field-flips');
    expect(words()).toContain('Another program, an add-in or a rule of the server');
  });

  test('tells moments as people write them', async () => {
    await open('conflict-time', 'de');
    expect(words()).toContain('06.05.2026, 11:30');
  });

  test('is decided by the keyboard alone', async () => {
    const host = await open('conflict-time');
    screen.getAllByRole('radio')[0]?.focus();
    await userEvent.keyboard(' ');
    await userEvent.tab();
    expect(document.activeElement).toBe(button('Apply choice'));
    await userEvent.keyboard('{Enter}');
    await settle();
    expect(host.asked).toHaveLength(1);
  });
});

describe('r6_7 deleted on one side, changed on the other', () => {
  test.each([
    ['conflict-deleted', 'Keep it and create it in the CRM again', 'mailbox'],
    ['conflict-deleted-mailbox', 'Keep it and create it in the mailbox again', 'crm'],
  ])('%s: is kept by one click', async (scene, name, side) => {
    const host = await open(scene);
    expect(marks(document, 'ins')).toEqual(['8', 'High']);
    await click(name);
    expect(host.asked[0]).toContain(`{"how":"keep","side":"${side}"}`);
  });

  test.each([
    ['conflict-deleted', 'Delete it in the mailbox too …', 'crm'],
    ['conflict-deleted-mailbox', 'Delete it in the CRM too …', 'mailbox'],
  ])('%s: is deleted only by a second click', async (scene, name, side) => {
    const host = await open(scene);
    await click(name);
    expect(host.asked).toEqual([]);
    await click('Yes, delete');
    expect(host.asked[0]).toContain(`{"how":"keep","side":"${side}"}`);
  });
});

describe('r6_5 what was refused', () => {
  test('asks for what is missing, by our name or the one of the CRM', async () => {
    const host = await open('refused-field');
    await userEvent.type(field('Last name'), 'Yıldırım');
    await userEvent.type(field('Branche'), 'Druck');
    expect(words()).toContain('Next attempt in 50 minutes.');
    await click('Save and sync');
    expect(host.asked).toEqual(['resolve contacts/mailbox/Mehmet Yıldırım {"how":"fields","answers":{"last_name":"Yıldırım","Branche":"Druck"}}']);
  });

  test('says what is still in the way and keeps what was typed', async () => {
    await open('still-in-the-way');
    await userEvent.type(field('Last name'), 'Yıldırım');
    await click('Save and sync');
    expect(screen.getByRole('alert').textContent).toContain('The field “Kundennummer” is mandatory');
    expect(field('Last name').value).toBe('Yıldırım');
  });

  test('r1_6 with a right missing can only be tried again', async () => {
    const host = await open('refused-right');
    expect(words()).toContain('A permission is missing: create in the module “Calendar”.');
    expect(words()).toContain('Ask your administrator for this permission.');
    expect(screen.queryByRole('textbox')).toBeNull();
    await click('Try again');
    expect(host.asked[0]).toContain('{"how":"again"}');
  });

  test('begins with the value that was refused', async () => {
    await open('refused-too-long');
    expect(field('Job title').value).toContain('Strategic buyer');
    expect(field('Job title').tagName).toBe('TEXTAREA');
  });

  test('asks for moments in the way that is understood', async () => {
    const host = await open('refused-times');
    expect(field('Start').value).toBe('2026-06-11 11:00');
    await userEvent.clear(field('End'));
    await userEvent.type(field('End'), '2026-06-11 12:00');
    await click('Save and sync');
    expect(host.asked[0]).toContain('{"start":"2026-06-11 11:00","end":"2026-06-11 12:00"}');
  });
});

describe('r6_8 a brake', () => {
  test('says why it stopped and what would be done', async () => {
    const host = await open('brake');
    expect(words()).toContain('Unusually many entries are missing at once in the mailbox: 64 of 1,250.');
    expect(host.asked).toEqual(['brake_plan brake/contacts']);
    const plan = (): HTMLElement[] => within(screen.getByRole('list', { name: 'What would happen: 64 entries' })).getAllByRole('listitem');
    expect(plan()).toHaveLength(8);
    await click('Show all 64');
    expect(plan()).toHaveLength(64);
  });

  test.each([
    ['Put back', 'restore'],
    ['Leave as it is', 'ignore'],
  ])('%s is one click', async (name, answer) => {
    const host = await open('brake');
    await click(name);
    expect(host.asked.at(-1)).toBe(`answer_brake brake/contacts ${answer}`);
    expect(screen.getByText('Done: Contacts')).toBeTruthy();
  });

  test('is approved only by a second click', async () => {
    const host = await open('brake');
    await click('This was intended …');
    expect(document.activeElement).toBe(button('Cancel'));
    expect(host.asked).toHaveLength(1);
    await click('Yes, carry out');
    expect(host.asked.at(-1)).toBe('answer_brake brake/contacts approve');
  });

  test('can be answered where its plan could not be read', async () => {
    await open('brake-plan-failed');
    expect(words()).toContain('What would be done could not be found out.');
    expect(card('Contacts stopped').getByRole('button', { name: 'Put back' })).toBeTruthy();
  });
});
