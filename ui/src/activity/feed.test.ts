// The pages of the activity list against slow and failing answers.
import { expect, test } from 'vitest';

import type { HistoryEntry } from '../host/bindings/HistoryEntry';
import type { HistoryFilter } from '../host/bindings/HistoryFilter';
import { HostError, type Host } from '../host/host';
import { scriptedHost } from '../host/scripted';
import { Feed } from './feed.svelte';

interface Question {
  filter: HistoryFilter;
  answer(entries: HistoryEntry[]): void;
  refuse(reason: Error): void;
}

/** A host whose answers come when the test says so, in any order. */
function slowHost(): { host: Host; questions: Question[] } {
  const questions: Question[] = [];
  const history = (filter: HistoryFilter): Promise<HistoryEntry[]> =>
    new Promise((answer, refuse) => questions.push({ filter, answer, refuse }));
  return { host: { ...scriptedHost('in-sync'), history } as Host, questions };
}

const found = (id: number): HistoryEntry => ({
  id,
  at: id,
  run: 1,
  component: 'contacts',
  side: 'crm',
  act: 'updated',
  title: `Person ${id}`,
  item: null,
  record: null,
  fields: [],
  reason: null,
});

test('an answer that a newer question overtook is dropped', async () => {
  const { host, questions } = slowHost();
  const feed = new Feed(host);
  const first = feed.search('an');
  const second = feed.search('anna');
  questions[1]?.answer([found(2)]);
  await second;
  questions[0]?.answer([found(1)]);
  await first;
  expect(feed.entries.map((entry) => entry.id)).toEqual([2]);
  expect(feed.loading).toBe(false);
});

test('a failure that a newer question overtook is dropped as well', async () => {
  const { host, questions } = slowHost();
  const feed = new Feed(host);
  const first = feed.search('an');
  const second = feed.search('anna');
  questions[1]?.answer([]);
  await second;
  questions[0]?.refuse(new Error('late'));
  await first;
  expect(feed.problem).toBeNull();
});

test('earlier entries are asked for before the last one shown, and follow it', async () => {
  const feed = new Feed(scriptedHost('in-sync'));
  await feed.reload();
  const shown = feed.entries;
  expect(feed.more).toBe(true);
  await feed.earlier();
  expect(feed.entries.slice(0, shown.length)).toEqual(shown);
  expect(feed.entries.length).toBeGreaterThan(shown.length);
  const ids = feed.entries.map((entry) => entry.id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
  await feed.earlier();
  expect(feed.more).toBe(false);
});

test('reading again keeps what was scrolled to', async () => {
  const feed = new Feed(scriptedHost('in-sync'));
  await feed.reload();
  await feed.earlier();
  const count = feed.entries.length;
  await feed.reload();
  expect(feed.entries.length).toBe(count);
});

test('a blank search asks for everything', async () => {
  const { host, questions } = slowHost();
  const asked = new Feed(host).search('   ');
  questions[0]?.answer([]);
  await asked;
  expect(questions[0]?.filter.text).toBeNull();
});

test('a failure is kept with its reason until an answer comes', async () => {
  const { host, questions } = slowHost();
  const feed = new Feed(host);
  const first = feed.reload();
  questions[0]?.refuse(new HostError({ code: 'state_unusable', values: {}, since: 0 }));
  await first;
  expect(feed.problem?.code).toBe('state_unusable');
  const second = feed.reload();
  questions[1]?.answer([found(1)]);
  await second;
  expect(feed.problem).toBeNull();
});
