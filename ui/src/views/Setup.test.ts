// The first start, signing in again and disconnecting: what is asked of the app, and what the user is told.
import { cleanup, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { WAITS } from '../host/scenes';
import { button, field, open, secret, settle, words } from './opened';

afterEach(() => {
  vi.useRealTimers();
  cleanup();
});

const heading = (name: string): HTMLElement => screen.getByRole('heading', { name });

async function click(name: string | RegExp): Promise<void> {
  await userEvent.click(button(name));
  await settle();
}

describe('r7_1 the first start', () => {
  test('goes from nothing to a synced mailbox', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    const host = await open('never-connected');
    await user.type(field('Address of the CRM'), 'https://crm.nordlicht.example');
    await user.type(field('User'), 'aberger');
    await user.type(secret('Access key'), 'd4tH0I');
    await user.keyboard('{Enter}');
    await settle();
    expect(document.activeElement).toBe(heading('Connect Exchange'));
    await user.click(screen.getByRole('tab', { name: 'Manual' }));
    await user.type(field('E-mail address'), 'anna@nordlicht.example');
    await user.type(secret('Password'), 'secret');
    await user.clear(field('Appointments: past days'));
    await user.type(field('Appointments: past days'), '90');
    await user.click(button('Connect to Exchange'));
    await settle();
    expect(document.activeElement).toBe(heading('Preview'));
    await user.click(button('Start sync'));
    await settle();
    expect(heading('First sync')).toBeTruthy();
    vi.advanceTimersByTime(10_000);
    await settle();
    expect(words()).toContain('Done. Both sides are synced.');
    await user.click(button('To the overview'));
    expect(screen.getByRole('tab', { name: 'Overview' })).toBeTruthy();
    expect(host.asked).toEqual([
      'connect_crm {"url":"https://crm.nordlicht.example","user":"aberger","access_key":"d4tH0I","take_over":false,"keep":true}',
      'connect_exchange {"email":"anna@nordlicht.example","password":"secret","user":"","url":"","past_days":90,"take_over":false,"keep":true}',
      'preview',
      'start',
    ]);
  });

  test.each([
    ['never-connected', 'Connect the CRM'],
    ['half-connected', 'Connect Exchange'],
    ['preview', 'Preview'],
  ])('%s: a start that was left goes on where it was', async (scene, title) => {
    await open(scene);
    expect(heading(title)).toBeTruthy();
    const current = within(screen.getByRole('list', { name: 'Steps' }))
      .getAllByRole('listitem')
      .filter((step) => step.getAttribute('aria-current') === 'step');
    expect(current).toHaveLength(1);
  });

  test('a sign-in that the tray asks for is the one that is asked for anyway', async () => {
    const host = await open('half-connected', 'en', ({ script }) => (script.place = 'sign_in'));
    expect(heading('Connect Exchange')).toBeTruthy();
    host.play({ ...(await host.snapshot()), state: 'in_sync' });
    await settle();
    expect(screen.getByRole('tabpanel').id).toBe('panel-overview');
  });

  test('a side that is connected can be signed in to anew', async () => {
    await open('half-connected');
    await click('Change the sign-in to the CRM');
    expect(document.activeElement).toBe(heading('Connect the CRM'));
    expect(field('User').value).toBe('aberger');
    await click('Back');
    expect(heading('Connect Exchange')).toBeTruthy();
  });

  test('what the organisation has set is shown and cannot be typed', async () => {
    await open('crm-managed');
    const address = field('Address of the CRM');
    expect(address.value).toBe('https://crm.nordlicht.example');
    expect(address.readOnly).toBe(true);
    expect(words()).toContain('Set by your organisation');
    cleanup();
    await open('exchange-managed');
    expect(field('Server address (optional)').readOnly).toBe(true);
  });

  test('where no sign-in in the browser is offered, none is shown', async () => {
    await open('exchange-manual-only');
    expect(screen.queryByRole('tab')).toBeNull();
    expect(field('Server address (optional)').value).toBe('');
    expect(words()).toContain('the server is found by your e-mail address');
  });
});

describe('r7_4 what does not work is told', () => {
  test.each([
    ['crm-wrong-key', 'Connect to the CRM', 'Access key', 'The CRM does not accept user name or access key of aberger.'],
    ['crm-wrong-address', 'Connect to the CRM', 'Address of the CRM', 'The name of the server, crm.nordlicht.example, is not known'],
    ['exchange-wrong-password', 'Connect to Exchange', 'Password', 'The mailbox does not accept user name or password'],
  ])('%s: beside the field, which gets the focus', async (scene, act, label, sentence) => {
    await open(scene);
    await click(act);
    const wrong = screen.getByLabelText(label);
    expect(document.activeElement).toBe(wrong);
    expect(wrong.getAttribute('aria-invalid')).toBe('true');
    const described = (wrong.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);
    expect(described.join(' ')).toContain(sentence);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('above the form where it is about none of its fields', async () => {
    await open('crm-busy');
    await click('Connect to the CRM');
    expect(screen.getByRole('alert').textContent).toContain('is busy');
    expect(document.activeElement).toBe(screen.getByRole('alert'));
  });

  test('r10_4 with another way where nothing can be kept', async () => {
    const host = await open('crm-no-store');
    await click('Connect to the CRM');
    expect(screen.getByRole('alert').textContent).toContain('Unlock the keyring and try again.');
    await click('Sign in without saving');
    expect(host.asked.map((asked) => asked.includes('"keep":true'))).toEqual([true, false]);
    expect(heading('Connect Exchange')).toBeTruthy();
  });

  test('before anything is asked where a field is empty or no number', async () => {
    const host = await open('never-connected');
    await click('Connect to the CRM');
    expect(document.activeElement).toBe(field('Address of the CRM'));
    expect(words()).toContain('Please fill this in.');
    cleanup();
    const other = await open('exchange-manual-only');
    await userEvent.clear(field('Appointments: past days'));
    await userEvent.type(field('Appointments: past days'), '3.5');
    await click('Connect to Exchange');
    expect(document.activeElement).toBe(field('Appointments: past days'));
    expect([...host.asked, ...other.asked]).toEqual([]);
  });

  test('no sentence of the window names a command line', async () => {
    const { default: en } = await import('../i18n/en.json');
    const { default: de } = await import('../i18n/de.json');
    const { Texts } = await import('../i18n/texts');
    const codes = Object.keys(en).flatMap((key) => /^error\.(.+)\.what$/.exec(key)?.[1] ?? []);
    const all = [new Texts('de', 'de-DE'), new Texts('en', 'en-GB')];
    expect(Object.keys(de).length).toBe(Object.keys(en).length);
    const named = codes.filter((code) => all.some((texts) => /exco|--\w/.test(texts.next({ code, values: {}, since: 0 }))));
    expect(named).toEqual([]);
  });
});

describe('r7_10 a mailbox that is worked in elsewhere', () => {
  test.each([
    ['exchange-other-crm', 'Another CRM or another CRM user (aberger-test)', 'Entries of the other CRM then count as your own'],
    ['exchange-other-computer', 'Another computer, BUERO-PC-14, already syncs this mailbox', 'The other computer then stops by itself'],
  ])('%s: is taken over only after a second click', async (scene, sentence, warning) => {
    const host = await open(scene);
    await click('Connect to Exchange');
    expect(screen.getByRole('alert').textContent).toContain(sentence);
    await click(/Take the mailbox over here/);
    expect(screen.getByRole('alertdialog', { name: 'Take over this mailbox?' }).textContent).toContain(warning);
    expect(document.activeElement).toBe(button('Cancel'));
    await userEvent.keyboard('{Escape}');
    await settle();
    expect(document.activeElement).toBe(button(/Take the mailbox over here/));
    expect(host.asked).toHaveLength(1);
    await click(/Take the mailbox over here/);
    await click('Yes, take over');
    expect(host.asked[1]).toContain('"take_over":true');
    expect(heading('Preview')).toBeTruthy();
  });
});

describe('r7_2 signing in in the browser', () => {
  test('waits, shows the address, and can be stopped', async () => {
    const host = await open('oauth-waiting');
    await click('Sign in in the browser');
    expect(document.activeElement?.textContent).toBe('Waiting for the browser …');
    expect(field(/No browser/).value).toContain('https://login.example.com/');
    await click('Cancel');
    expect(button('Sign in in the browser')).toBeTruthy();
    await click('Sign in in the browser');
    await userEvent.keyboard('{Escape}');
    await settle();
    const form = '{"email":"anna.berger@nordlicht.example","past_days":30,"take_over":false,"keep":true}';
    expect(host.asked).toEqual([`begin_oauth ${form}`, 'finish_oauth', 'cancel_oauth', `begin_oauth ${form}`, 'finish_oauth', 'cancel_oauth']);
  });

  test('that is left for the other tab is stopped', async () => {
    const host = await open('oauth-waiting');
    await click('Sign in in the browser');
    await userEvent.click(screen.getByRole('tab', { name: 'Manual' }));
    await settle();
    expect(host.asked.at(-1)).toBe('cancel_oauth');
  });

  test('goes on to the preview by itself', async () => {
    await open('oauth-waiting', 'en', (host) => (host.script.finishOauth = null));
    await click('Sign in in the browser');
    expect(heading('Preview')).toBeTruthy();
  });

  test('shows the address that an administrator has to open, and copies it', async () => {
    const user = userEvent.setup();
    await open('oauth-consent');
    await click('Sign in in the browser');
    expect(field(/Your administrator has to open/).value).toContain('adminconsent');
    await user.click(button('Copy'));
    await settle();
    expect(await navigator.clipboard.readText()).toContain('adminconsent');
    expect(words()).toContain('Copied');
  });

  test('r7_10 takes a mailbox over as well', async () => {
    const host = await open('oauth-other-computer');
    await click('Sign in in the browser');
    await click(/Take the mailbox over here/);
    await click('Yes, take over');
    expect(host.asked.filter((one) => one.startsWith('begin'))[1]).toContain('"take_over":true');
    expect(heading('Preview')).toBeTruthy();
  });
});

describe('r6_10 the preview', () => {
  test('says in words what would be done, with examples and what is left alone', async () => {
    await open('preview');
    const contacts = within(screen.getByRole('region', { name: 'Contacts' }));
    for (const line of ['480 on both sides, get linked', '214 new in the mailbox', '3 changed in the mailbox', '12 new in the CRM']) {
      expect(contacts.getByText(line)).toBeTruthy();
    }
    expect(words()).toContain('Nothing is deleted.');
    await userEvent.click(contacts.getByRole('button', { name: 'Examples' }));
    expect(contacts.getAllByRole('listitem').map((row) => row.textContent?.trim())).toContain('Peter Holm is created in the CRM');
    await userEvent.click(button('2 left alone, and why'));
    expect(words()).toContain('The appointment is private');
  });

  test('says so where something would be deleted', async () => {
    await open('preview-large');
    expect(words()).toContain('14 entries would be deleted.');
    expect(words()).not.toContain('Nothing is deleted.');
  });

  test('looks again', async () => {
    const host = await open('preview');
    await click('Look again');
    expect(host.asked).toEqual(['preview', 'preview']);
  });

  test('that failed says why and starts nothing', async () => {
    await open('preview-failed');
    expect(screen.getByRole('alert').textContent).toContain('does not answer');
    expect(screen.queryByRole('button', { name: 'Start sync' })).toBeNull();
    expect(button('Look again')).toBeTruthy();
  });

  test('that is under way offers nothing yet', async () => {
    await open('preview-loading');
    expect(screen.getByRole('progressbar', { name: 'Comparing both sides …' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Start sync' })).toBeNull();
  });
});

describe('r7_6 signing in again', () => {
  test('is filled in, says that links are kept, and leads back', async () => {
    const host = await open('sign-in-again');
    expect(heading('Sign in to the mailbox again')).toBeTruthy();
    expect(words()).toContain('All links are kept; nothing is doubled.');
    expect(field('E-mail address').value).toBe('anna.berger@nordlicht.example');
    await userEvent.type(secret('Password'), 'new');
    await click('Connect to Exchange');
    expect(words()).toContain('You are signed in again.');
    await click('Close');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('In sync');
    expect(host.asked).toHaveLength(1);
  });

  test('offers the kept password only where the server did not refuse it', async () => {
    const hint = 'If left empty, the stored one is used.';
    await open('sign-in-again');
    expect(words()).not.toContain(hint);
    cleanup();
    await open('disconnect');
    await click('Sign in again: Mailbox');
    expect(words()).toContain(hint);
  });

  test('begins with the side that has the problem, and can be changed to the other', async () => {
    await open('sign-in-again-crm');
    expect(heading('Sign in to the CRM again')).toBeTruthy();
    await click('Sign in to the mailbox instead');
    expect(heading('Sign in to the mailbox again')).toBeTruthy();
  });

  test('begins with the browser where that was used', async () => {
    await open('sign-in-again-oauth');
    expect(screen.getByRole('tab', { name: 'OAuth (Office 365)' }).getAttribute('aria-selected')).toBe('true');
  });

  test('is one click away where somebody is signed out', async () => {
    await open('signed-out');
    await userEvent.click(screen.getAllByRole('button', { name: 'Sign in again' })[0]!);
    await settle();
    expect(heading('Sign in to the mailbox again')).toBeTruthy();
  });
});

describe('r7_7 disconnecting', () => {
  async function toDisconnect(scene = 'disconnect'): Promise<Awaited<ReturnType<typeof open>>> {
    const host = await open(scene);
    await click('Disconnect …');
    return host;
  }

  test('lists what will be removed before it asks', async () => {
    const host = await toDisconnect();
    const rows = screen.getAllByRole('listitem').map((row) => (row.textContent ?? '').replace(/\s+/g, ' ').trim());
    expect(rows).toEqual([
      'E-mails The folder “CRM-Sync” is removed; e-mails in it go back to their folders first.',
      'Contacts The folder “CRM-Sync” with 1,250 entries is removed. 2 of them are not in the CRM; they are moved to the standard folder first.',
      'Appointments 318 entries the Exchange Connector made are removed. Your own stay.',
      'Tasks The empty folder “CRM-Sync” is removed.',
    ]);
    expect(words()).toContain('Nothing changes in the CRM.');
    expect(host.asked).toEqual([]);
  });

  test('needs a second click, then says what was removed', async () => {
    const host = await toDisconnect();
    await click('Disconnect …');
    expect(host.asked).toEqual([]);
    await click('Yes, disconnect and remove');
    expect(host.asked).toEqual(['disconnect']);
    for (const line of ['3 folders with their content removed', '2 entries that are not in the CRM', '3 e-mails moved back'])
      expect(words()).toContain(line);
    await click('Close');
    expect(heading('Connect the CRM')).toBeTruthy();
  });

  test('that failed says why and can be asked for again', async () => {
    await toDisconnect('disconnect-failed');
    await click('Disconnect …');
    await click('Yes, disconnect and remove');
    expect(screen.getByRole('alert').textContent).toContain('connection to mail.nordlicht.example broke');
    expect(button('Disconnect …')).toBeTruthy();
  });

  test('keeps the page when only the question is left by Escape', async () => {
    await toDisconnect();
    await click('Disconnect …');
    await userEvent.keyboard('{Escape}');
    await settle();
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(document.activeElement).toBe(button('Disconnect …'));
    expect(heading('Disconnect')).toBeTruthy();
  });

  test('where the mailbox cannot be opened it is forgotten after a second click', async () => {
    const host = await open('disconnect', 'en', ({ script }) => (script.removals = { code: 'server_unreachable', values: {}, since: 0 }));
    await click('Disconnect …');
    expect(button('Try again')).toBeTruthy();
    await click('Forget the connection …');
    expect(screen.getByRole('alertdialog').textContent).toContain('stay in the mailbox as they are');
    expect(host.asked).toEqual([]);
    await click('Yes, forget it');
    expect(host.asked).toEqual(['abandon']);
    expect(words()).toContain('Disconnected.');
  });

  test('is left by Escape', async () => {
    const host = await toDisconnect();
    await userEvent.keyboard('{Escape}');
    await settle();
    expect(screen.getByRole('tabpanel').id).toBe('panel-settings');
    expect(host.asked).toEqual([]);
  });

  test('shows that it looks the mailbox through', async () => {
    await open('disconnect', 'en', (host) => (host.script.removals = WAITS));
    await click('Disconnect …');
    expect(screen.getByRole('progressbar', { name: 'Looking through the mailbox …' })).toBeTruthy();
  });
});

test('r7_8 a user who is inactive in the CRM is offered to clean the mailbox', async () => {
  await open('user-inactive');
  expect(words()).toContain('the user was set inactive');
  await click('Clean the mailbox …');
  expect(heading('Disconnect')).toBeTruthy();
  expect(words()).toContain('The folder “CRM-Sync” with 1,250 entries is removed.');
});
