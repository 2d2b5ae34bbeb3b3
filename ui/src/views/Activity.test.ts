// The activity: narrowed, taken back, and asked why.
import { cleanup, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test } from 'vitest';

import { button, field, open, settle, words } from './opened';

afterEach(cleanup);

async function click(name: string | RegExp): Promise<void> {
  await userEvent.click(button(name));
  await settle();
}

async function choose(name: string, choice: string): Promise<void> {
  await userEvent.selectOptions(screen.getByRole('combobox', { name }), choice);
  await settle();
}

const rows = (): string[] => screen.queryAllByRole('listitem').map((row) => row.textContent ?? '');

test('an opened entry stays open when newer ones arrive', async () => {
  const host = await open('undo-partly');
  await click(/Jürgen Weiß/);
  expect(screen.getByRole('table')).toBeTruthy();
  const before = host.script.history;
  if (!Array.isArray(before) || !before[0] || 'code' in host.script.snapshot) throw new Error('the scene has changed');
  host.script.history = [{ ...before[0], id: before[0].id + 1, title: 'Newer' }, ...before];
  host.play({ ...host.script.snapshot, state: 'syncing' });
  await settle();
  expect(rows()[0]).toContain('Newer');
  expect(screen.getByRole('table')).toBeTruthy();
});

describe('the filters', () => {
  test('narrow the list to a kind of change', async () => {
    await open('undo-partly');
    await choose('Kind of change', 'Deleted');
    expect(rows()).toEqual([expect.stringContaining('Peter Holm')]);
    expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain('1 entry found');
  });

  test('narrow the list to a component, and are cleared', async () => {
    await open('emails');
    await userEvent.click(screen.getByRole('tab', { name: 'Activity' }));
    await settle();
    await choose('Component', 'E-mails');
    expect(rows()).toHaveLength(4);
    await choose('Component', 'Contacts');
    expect(words()).toContain('There are no entries of that kind.');
    await click('Clear filters');
    expect(rows()).toHaveLength(4);
  });

  test('look through earlier pages by themselves', async () => {
    const host = await open('undo-partly', 'en', ({ script }) => {
      const all = Array.isArray(script.history) ? script.history : [];
      script.history = all.map((entry, at) => (at === all.length - 1 ? { ...entry, act: 'refused', title: 'The first of all' } : entry));
    });
    await choose('Kind of change', 'Refused');
    expect(rows()).toEqual([expect.stringContaining('The first of all')]);
    expect(host.asked).toEqual([]);
  });
});

describe('r6_11 undo', () => {
  test('takes one line back and says what became of it', async () => {
    const host = await open('why-found');
    await click(/Jürgen Weiß/);
    await click('Undo');
    expect(host.asked).toEqual(['undo {"what":"line","line":908}']);
    expect(words()).toContain('1 change was taken back.');
  });

  test('takes a run back after a second click, and names what stays', async () => {
    const host = await open('undo-partly');
    await click(/Jürgen Weiß/);
    await click('Undo the whole run …');
    expect(words()).toContain('Take back all that run 318 did?');
    expect(host.asked).toEqual([]);
    await click('Yes, take back');
    expect(host.asked).toEqual(['undo {"what":"run","run":318}']);
    expect(words()).toContain('3 changes were taken back. 2 stay as they are:');
    expect(words()).toContain('Somebody changed the field “Phone” since.');
  });

  test('that failed says why', async () => {
    await open('undo-failed');
    await click(/Jürgen Weiß/);
    await click('Undo');
    expect(words()).toContain('This could not be taken back. The connection to mail.nordlicht.example broke');
  });
});

describe('r6_12 why?', () => {
  async function ask(scene: string): Promise<Awaited<ReturnType<typeof open>>> {
    const host = await open(scene);
    await click('Why?');
    await userEvent.type(field(/What was or was not synced/), 'Holm{Enter}');
    await settle();
    return host;
  }

  test('finds entries and tells the reasons in sentences', async () => {
    const host = await ask('why-found');
    expect(host.asked).toEqual(['why Holm']);
    expect(words()).toContain('Peter Holmström not synced The entry was deleted in the mailbox');
    expect(words()).toContain('Appointments of this type (“Besuch”) are not synced.');
    expect(words()).toContain('Last 4 minutes ago: Updated in the mailbox');
    expect(words()).toContain('There are more entries');
  });

  test('tells what keeps everything from being synced', async () => {
    await ask('why-causes');
    expect(words()).toContain('Syncing is paused. Choose “Resume” to go on.');
    expect(words()).toContain('Tasks:');
    expect(words()).toContain('“Holm” is not among what could be searched.');
  });

  test('says where it looked in vain', async () => {
    await ask('why-nowhere');
    expect(words()).toContain('“Holm” was found nowhere.');
  });

  test('that failed says why', async () => {
    await ask('why-failed');
    expect(words()).toContain('The connection to mail.nordlicht.example broke');
  });
});
