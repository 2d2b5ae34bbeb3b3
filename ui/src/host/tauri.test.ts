// What crosses the door to the app: command names, arguments, refusals and the pushed state.
import { emit } from '@tauri-apps/api/event';
import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, expect, test } from 'vitest';

import type { Snapshot } from './bindings/Snapshot';
import { HostError, problemOf } from './host';
import { scriptedHost } from './scripted';
import { tauriHost } from './tauri';

afterEach(clearMocks);

test('each act is the command of its name', async () => {
  const asked: [string, unknown][] = [];
  mockIPC((command, values) => void asked.push([command, values]));
  const filter = { text: 'anna', record: null, limit: 10, before: 7 };
  await tauriHost.history(filter);
  await tauriHost.syncNow();
  await tauriHost.pause('hour');
  await tauriHost.resume();
  expect(asked).toEqual([
    ['history', { filter }],
    ['sync_now', {}],
    ['pause', { how: 'hour' }],
    ['resume', {}],
  ]);
});

test('a refusal carries its problem', async () => {
  const problem = { code: 'state_too_new', values: {}, since: 0 };
  mockIPC(() => {
    throw problem;
  });
  const refusal = await tauriHost.snapshot().catch((thrown: unknown) => thrown);
  expect(refusal).toBeInstanceOf(HostError);
  expect(problemOf(refusal)).toEqual(problem);
});

test('anything else that breaks is told as a mistake of the program', async () => {
  mockIPC(() => {
    throw new Error('command snapshot not found');
  });
  const refusal = await tauriHost.snapshot().catch((thrown: unknown) => thrown);
  expect(problemOf(refusal)).toEqual({ code: 'bug', values: { what: 'command snapshot not found' }, since: 0 });
});

test('every pushed state arrives until the window stops watching', async () => {
  mockIPC(() => undefined, { shouldMockEvents: true });
  const pushed = await scriptedHost('attention').snapshot();
  const seen: Snapshot[] = [];
  const stop = await tauriHost.watch((snapshot) => seen.push(snapshot));
  await emit('snapshot', pushed);
  stop();
  await emit('snapshot', pushed);
  expect(seen).toEqual([pushed]);
});
