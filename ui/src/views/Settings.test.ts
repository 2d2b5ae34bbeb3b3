// The settings: what is changed, what the organisation has set, and where they lead.
import { cleanup, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { button, field, open, settle, words } from './opened';

afterEach(cleanup);

test('each choice is saved at once, the days by a button', async () => {
  const host = await open('settings');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Language' }), 'Deutsch');
  await settle();
  await userEvent.click(screen.getByRole('checkbox', { name: 'Start with the computer' }));
  await settle();
  expect(button('Save').disabled).toBe(true);
  await userEvent.clear(field('Appointments: past days'));
  await userEvent.type(field('Appointments: past days'), '14{Enter}');
  await settle();
  await userEvent.click(button('Open folder'));
  await userEvent.click(button('Quit the app'));
  expect(host.asked).toEqual(['set_language de', 'set_autostart false', 'set_past_days 14', 'open_log_folder', 'quit']);
  expect(words()).toContain('Saved');
});

test('days that are no number are not asked for', async () => {
  const host = await open('settings');
  await userEvent.clear(field('Appointments: past days'));
  await userEvent.click(button('Save'));
  expect(words()).toContain('Enter a whole number.');
  expect(document.activeElement).toBe(field('Appointments: past days'));
  expect(host.asked).toEqual([]);
});

test('what could not be saved goes back to what it was, and says why', async () => {
  await open('settings', 'en', (host) => (host.setAutostart = () => Promise.reject(new Error('read only'))));
  const box = screen.getByRole<HTMLInputElement>('checkbox');
  await userEvent.click(box);
  await settle();
  expect(box.checked).toBe(true);
  expect(screen.getByRole('alert').textContent).toContain('read only');
});

test('where it cannot be told whether it starts with the computer, nothing is offered', async () => {
  await open('settings-no-autostart');
  expect(screen.queryByRole('checkbox')).toBeNull();
  expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Language' }).value).toBe('de');
});

test('r9_2_what_the_organisation_has_set_is_told_in_words', async () => {
  await open('settings-managed');
  const part = within(screen.getByRole('region', { name: 'Set by your organisation' }));
  const told = part.getAllByRole('term').map((term) => `${term.textContent}: ${term.nextElementSibling?.textContent}`);
  expect(told).toEqual([
    'Address of the CRM: https://crm.nordlicht.example',
    'In conflicts: you decide',
    'What is synced: E-mails, Contacts, Appointments',
    'Folder for contacts: standard folder',
    'Sign-in attempts until it stops: 2',
    'E-mails of these addresses are left out: noreply@, newsletter@',
    'Send invitations: no',
    'pick_lists.task_status.to_exchange.Planned: NotStarted',
  ]);
  expect(part.getByText('emails.blacklst')).toBeTruthy();
  cleanup();
  await open('settings');
  expect(screen.queryByRole('region', { name: 'Set by your organisation' })).toBeNull();
});

test('r5_5_what_there_is_to_say_about_the_connections_stands_first', async () => {
  await open('settings-advice');
  expect(words()).toContain('The CRM has no field for the Message-ID of e-mails.');
});

test('lead to a new sign-in on each side', async () => {
  await open('settings');
  await userEvent.click(button('Sign in again: CRM'));
  await settle();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Sign in to the CRM again');
  await userEvent.click(button('Back'));
  await settle();
  await userEvent.click(button('Sign in again: Mailbox'));
  await settle();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Sign in to the mailbox again');
});

test('that could not be read say why and are asked for again', async () => {
  await open('settings-failed');
  expect(words()).toContain('The settings could not be read.');
  expect(button('Try again')).toBeTruthy();
});
