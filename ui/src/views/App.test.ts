// The whole window over the scripted app, in German and in English.
import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { scriptedHost } from '../host/scripted';
import { steps } from '../host/scenes';
import { Texts, type Language } from '../i18n/texts';
import App from './App.svelte';
import { button, open, settle, words } from './opened';

afterEach(cleanup);

describe.each([
  ['de', 'never-connected', 'Exchange Connector einrichten', ['CRM verbinden', 'Zugangsschlüssel', '„Meine Einstellungen“']],
  ['en', 'never-connected', 'Set up Exchange Connector', ['Connect the CRM', 'Access key', '“My Preferences”']],
  ['de', 'half-connected', 'Exchange Connector einrichten', ['CRM aberger · crm.nordlicht.example', 'Exchange verbinden']],
  ['en', 'half-connected', 'Set up Exchange Connector', ['CRM aberger · crm.nordlicht.example', 'Connect Exchange']],
  ['de', 'first-sync', 'Wird abgeglichen …', ['Änderungen werden geschrieben', '612 von 1.250']],
  ['en', 'first-sync', 'Syncing …', ['Writing changes', '612 of 1,250']],
  [
    'de',
    'in-sync',
    'Alles synchron',
    ['verknüpft 1.250', 'Letzter Lauf vor 4 Minuten', '2 geändert, 1 gelöscht', '1 neu, 4 geändert', 'Nächste Prüfung in 11 Minuten'],
  ],
  ['en', 'in-sync', 'In sync', ['linked 1,250', 'Last run 4 minutes ago', '2 changed, 1 deleted', '1 new, 4 changed', 'Next check in 11 minutes']],
  ['de', 'syncing', 'Wird abgeglichen …', ['Das CRM wird gelesen', 'bisher 300']],
  ['en', 'syncing', 'Syncing …', ['Reading the CRM', '300 so far']],
  ['de', 'paused', 'Angehalten', ['warten 4']],
  ['en', 'paused', 'Paused', ['waiting 4']],
  ['de', 'attention', 'Handlungsbedarf', ['nicht übernommen 2', '2 Einträge warten auf Ihre Entscheidung', '2 gescheitert']],
  ['en', 'attention', 'Needs attention', ['not taken over 2', '2 entries wait for your decision', '2 failed']],
  [
    'de',
    'offline',
    'Offline',
    [
      'Die Verbindung zu mail.nordlicht.example ist abgebrochen',
      'geht von selbst weiter',
      'Postfach · Zum ersten Mal vor 22 Minuten',
      'Nächste Prüfung in 5 Minuten',
    ],
  ],
  [
    'en',
    'offline',
    'Offline',
    ['The connection to mail.nordlicht.example broke', 'goes on by itself', 'Mailbox · First seen 22 minutes ago', 'Next check in 5 minutes'],
  ],
  ['de', 'disconnect-unfinished', 'Handlungsbedarf', ['Das Trennen ist noch nicht abgeschlossen.', 'macht von selbst weiter', 'Kontakte Wartet']],
  ['en', 'disconnect-unfinished', 'Needs attention', ['Disconnecting is not finished yet.', 'continues by itself']],
  ['de', 'signed-out', 'Abgemeldet', ['ist 2-mal gescheitert', 'Melden Sie sich mit dem richtigen Passwort']],
  ['en', 'signed-out', 'Signed out', ['failed 2 times', 'Sign in again with the right password']],
  ['de', 'state-rebuilt', 'Alles synchron', ['Die Zustandsdatei des Programms war verloren', 'state.sqlite.damaged-20260504-120000']],
  ['en', 'state-rebuilt', 'In sync', ['The program’s state file was lost', 'state.sqlite.damaged-20260504-120000']],
  ['de', 'empty', 'Alles synchron', ['Nichts zu tun', 'Bisher wurde nichts getan.']],
  ['en', 'empty', 'In sync', ['Nothing to do', 'Nothing has been done yet.']],
  ['de', 'all-components', 'Alles synchron', ['Von Ihrer Organisation abgeschaltet', 'Es fehlt ein Recht: anlegen im Modul „Calendar“']],
  ['de', 'emails', 'Handlungsbedarf', ['importiert', 'Nicht importiert', 'Die E-Mail ist verschlüsselt (S/MIME)']],
  ['en', 'emails', 'Needs attention', ['imported', 'Not imported', 'The e-mail is encrypted (S/MIME)']],
  ['en', 'all-components', 'In sync', ['Switched off by your organisation', 'A permission is missing: create in the module “Calendar”']],
  ['de', 'activity-failed', 'Alles synchron', ['Die Aktivitätsliste ließ sich nicht lesen.', 'disk I/O error']],
  ['en', 'activity-failed', 'In sync', ['The activity list could not be read.', 'disk I/O error']],
] as [Language, string, string, string[]][])('r10_2 %s, %s', (language, scene, heading, sentences) => {
  test('says what is so', async () => {
    await open(scene, language);
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(heading);
    for (const sentence of sentences) expect(words()).toContain(sentence);
  });

  test('leaves no key and no placeholder unfilled', async () => {
    await open(scene, language);
    expect(words()).not.toMatch(/\{\w+\}|(?:^|\s)(window|state|error|history|component)\.[a-z_]+/);
  });
});

test.each([
  ['de', 'Der Abgleich ließ sich nicht starten.', 'Installieren Sie die neuere Version.'],
  ['en', 'The sync could not be started.', 'Install the newer version.'],
] as [Language, string, string][])('%s: an app that could not start says why and what to do', async (language, what, next) => {
  await open('start-failed', language);
  const alert = screen.getByRole('alert');
  expect(alert.textContent).toContain(what);
  expect(alert.textContent).toContain(next);
  expect(screen.queryByRole('button')).toBeNull();
});

test.each([
  ['offline', 'The connection to mail.nordlicht.example broke'],
  ['signed-out', 'Signing in failed 2 times'],
])('%s: what holds everything up is told once, and the components wait for it', async (scene, sentence) => {
  await open(scene, 'en');
  expect(words().split(sentence)).toHaveLength(2);
  expect(words()).not.toContain('does not accept');
  const card = within(screen.getByRole('article', { name: 'Contacts' }));
  expect(card.getByText('Waiting')).toBeTruthy();
});

test.each(['never-connected', 'half-connected', 'signed-out'])('%s: no check is announced where it is the turn of the user', async (scene) => {
  await open(scene, 'en');
  expect(words()).not.toContain('Next check');
});

test('the first sync shows how far it is and no count that it has not made', async () => {
  await open('first-sync', 'en');
  const card = within(screen.getByRole('article', { name: 'Contacts' }));
  expect(card.getByText('612 of 1,250')).toBeTruthy();
  expect(card.queryByText('linked')).toBeNull();
});

describe('the buttons', () => {
  test('pause, then resume', async () => {
    const host = await open('in-sync', 'en');
    await userEvent.click(button('Pause'));
    await userEvent.click(screen.getByRole('menuitem', { name: '1 hour' }));
    await settle();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Paused');
    expect(words()).toContain('Resumes today at 15:10.');
    await userEvent.click(button('Resume'));
    await settle();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('In sync');
    expect(host.asked).toEqual(['pause hour', 'resume']);
  });

  test('do not offer a sync where one runs or nobody is signed in', async () => {
    await open('first-sync', 'de');
    expect(button('Jetzt abgleichen').disabled).toBe(true);
    cleanup();
    await open('signed-out', 'de');
    expect(screen.queryByRole('button', { name: 'Jetzt abgleichen' })).toBeNull();
    expect(screen.getAllByRole('button', { name: 'Neu anmelden' })).toHaveLength(2);
    cleanup();
    await open('offline', 'de');
    expect(button('Jetzt abgleichen').disabled).toBe(false);
  });

  test('of a disconnect that did not get to its end go on with it or keep the connection', async () => {
    const host = await open('disconnect-unfinished', 'en');
    await userEvent.click(button('Disconnect now …'));
    await settle();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Disconnect');
    await userEvent.click(button('Back'));
    await userEvent.click(button('Stay connected'));
    await settle();
    expect(host.asked).toEqual(['stay_connected']);
    expect(words()).not.toContain('Disconnecting is not finished yet.');
  });

  test('that fail say why', async () => {
    const host = await open('in-sync', 'en');
    host.syncNow = () => Promise.reject(new Error('gone'));
    await userEvent.click(button('Sync now'));
    await settle();
    expect(screen.getByRole('alert').textContent).toContain('gone');
  });
});

describe('while a sync runs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('the progress is live, and read out only at each quarter', async () => {
    const host = await open('in-sync', 'en');
    const announcer = document.querySelector('.announcer');
    const said = new Set<string>();
    const values: number[] = [];
    for (const step of steps(await host.snapshot())) {
      host.play(step);
      await settle();
      said.add(announcer?.textContent ?? '');
      const bar = document.querySelector('progress');
      if (bar) values.push(bar.value);
    }
    expect(announcer?.getAttribute('aria-live')).toBe('polite');
    expect([...said]).toEqual([
      'Syncing …. Contacts: Reading the mailbox',
      'Syncing …. Contacts: Reading the CRM',
      'Syncing …. Contacts: Comparing both sides',
      ...[0, 25, 50, 75, 100].map((percent) => `Syncing …. Contacts: Writing changes, ${percent} %`),
      'In sync',
    ]);
    expect(values).toEqual(Array.from({ length: 21 }, (_, at) => at * 2));
    expect(words()).toContain('6 new, 11 changed');
  });

  test('the times go on', async () => {
    const host = scriptedHost('in-sync');
    const begin = host.now();
    let now = begin;
    host.now = () => now;
    render(App, { host, texts: new Texts('en', 'en-GB') });
    await settle();
    expect(words()).toContain('Last run 4 minutes ago');
    now = begin + 2 * 60_000;
    vi.advanceTimersByTime(15_000);
    await settle();
    expect(words()).toContain('Last run 6 minutes ago');
  });

  test('a closed window no longer listens', async () => {
    const host = await open('in-sync', 'en');
    cleanup();
    host.play({ ...(await host.snapshot()), state: 'paused' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the activity', () => {
  test('is searched as one types', async () => {
    await open('in-sync', 'de');
    await userEvent.click(screen.getByRole('tab', { name: 'Aktivität' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Aktivität durchsuchen' }), 'lübeck');
    await settle();
    expect(screen.getAllByRole('listitem').map((row) => row.textContent)).toEqual([expect.stringContaining('Zoë van der Meer')]);
    expect(screen.getByRole('status').textContent).toBe('1 Eintrag gefunden');
  });

  test('that finds nothing says for what, and can be cleared', async () => {
    await open('in-sync', 'en');
    await userEvent.click(screen.getByRole('tab', { name: 'Activity' }));
    await userEvent.type(screen.getByRole('textbox'), 'nobody');
    await settle();
    expect(words()).toContain('Nothing found for “nobody”.');
    await userEvent.keyboard('{Escape}');
    await settle();
    expect(screen.getAllByRole('listitem').length).toBeGreaterThan(10);
  });

  test('opened, an entry shows each field before and after', async () => {
    await open('in-sync', 'en');
    await userEvent.click(screen.getByRole('tab', { name: 'Activity' }));
    const row = screen.getByRole('button', { name: /Zoë van der Meer/ });
    expect(row.getAttribute('aria-expanded')).toBe('false');
    await userEvent.click(row);
    expect(row.getAttribute('aria-expanded')).toBe('true');
    const table = within(screen.getByRole('table'));
    expect(table.getAllByRole('row').map((line) => [...line.children].map((cell) => cell.textContent?.trim()))).toEqual([
      ['Field', 'Before', 'After'],
      ['City (billing)', 'Kiel', 'Lübeck'],
      ['Street (billing)', 'empty', 'Königstraße 9\nHinterhaus'],
      ['Organisation', 'Förde Werft', 'empty'],
    ]);
  });

  test('goes back page by page', async () => {
    await open('in-sync', 'en');
    await userEvent.click(screen.getByRole('tab', { name: 'Activity' }));
    const first = screen.getAllByRole('listitem').length;
    await userEvent.click(button('Show earlier entries'));
    await settle();
    expect(screen.getAllByRole('listitem').length).toBe(2 * first);
  });

  test('is read again after a run, not at every tick', async () => {
    const host = await open('in-sync', 'en');
    const asked = vi.spyOn(host, 'history');
    const all = steps(await host.snapshot());
    const writing = all.filter((step) => step.components[0]?.progress?.phase === 'writing');
    for (const step of writing) {
      host.play(step);
      await settle();
    }
    expect(asked).toHaveBeenCalledTimes(1);
    host.play(all.at(-1) ?? writing[0]!);
    await settle();
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

test('what waits for the user is counted at its tab, and one click away', async () => {
  await open('attention', 'en');
  expect(screen.getByRole('tab', { name: 'Conflicts 2 entries wait for your decision' })).toBeTruthy();
  await userEvent.click(button('Show'));
  await settle();
  expect(screen.getByRole('tabpanel').id).toBe('panel-conflicts');
  cleanup();
  await open('in-sync', 'en');
  expect(screen.getByRole('tab', { name: 'Conflicts' })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Show' })).toBeNull();
});

describe('the tray sends the window', () => {
  test.each([
    ['conflicts', 'panel-conflicts'],
    ['activity', 'panel-activity'],
    ['settings', 'panel-settings'],
    ['overview', 'panel-overview'],
  ] as const)('to %s', async (place, panel) => {
    const host = await open('in-sync', 'de');
    host.send(place);
    await settle();
    expect(screen.getByRole('tabpanel').id).toBe(panel);
  });

  test('to what program this is', async () => {
    const host = await open('in-sync', 'en');
    host.send('about');
    await settle();
    expect(document.activeElement?.textContent).toBe('Help and about');
    expect(words()).toContain('Version 0.1.0');
  });

  test('to the sign-in, and Escape leads back', async () => {
    const host = await open('in-sync', 'en');
    host.send('sign_in');
    await settle();
    expect(document.activeElement?.textContent).toBe('Sign in to the mailbox again');
    await userEvent.keyboard('{Escape}');
    expect(screen.getByRole('tabpanel').id).toBe('panel-overview');
  });
});

describe('the keyboard', () => {
  test('reaches the tabs and moves between them', async () => {
    await open('in-sync', 'en');
    await userEvent.tab();
    expect(document.activeElement).toBe(button('Pause'));
    await userEvent.tab();
    await userEvent.tab();
    expect(document.activeElement).toBe(screen.getByRole('tab', { name: 'Overview' }));
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    expect(document.activeElement).toBe(screen.getByRole('tab', { name: 'Activity' }));
    expect(screen.getByRole('tabpanel').id).toBe('panel-activity');
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    expect(screen.getByRole('tabpanel').id).toBe('panel-overview');
  });

  test('opens the pauses, moves in them and closes them again', async () => {
    const host = await open('in-sync', 'en');
    button('Pause').focus();
    await userEvent.keyboard('{Enter}');
    expect(document.activeElement?.textContent).toBe('1 hour');
    await userEvent.keyboard('{ArrowUp}');
    expect(document.activeElement?.textContent).toBe('Until I resume');
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('menu')).toBeNull();
    expect(document.activeElement).toBe(button('Pause'));
    await userEvent.keyboard('{Enter}{ArrowDown}{Enter}');
    await settle();
    expect(host.asked).toEqual(['pause tomorrow']);
  });
});
