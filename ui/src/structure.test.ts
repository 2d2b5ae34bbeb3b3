// Who may import whom, as the house style says: Tauri only in host/, shared/ knows nothing of ours, a domain
// knows shared/ and the texts, views/ compose. And what the content policy forbids at run time.
import { expect, test } from 'vitest';

import { SCENES } from './host/scenes';

const MAY_USE: Record<string, string[]> = {
  shared: [],
  host: [],
  i18n: ['host/bindings'],
  status: ['shared', 'i18n', 'host/bindings'],
  activity: ['shared', 'i18n', 'host'],
  decide: ['shared', 'i18n', 'host'],
  settings: ['shared', 'i18n', 'host'],
  setup: ['shared', 'i18n', 'host'],
  views: ['shared', 'i18n', 'host', 'status', 'activity', 'decide', 'settings', 'setup'],
};

const sources = import.meta.glob<string>('./**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const files = Object.entries(sources)
  .map(([path, text]) => ({ path: path.slice('./'.length), text }))
  .filter(({ path }) => !path.endsWith('.test.ts'));

function imports(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((found) => found[1] ?? '');
}

test('the sources are all here', () => {
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['main.ts', 'views/App.svelte']));
});

test('only host/ knows Tauri', () => {
  const doors = files.filter(({ text }) => imports(text).some((name) => name.startsWith('@tauri-apps/')));
  expect(doors.map(({ path }) => path)).toEqual(['host/tauri.ts']);
});

test('every folder uses only the folders it may', () => {
  const wrong = files.flatMap(({ path, text }) => {
    const allowed = MAY_USE[path.split('/')[0] ?? ''];
    if (allowed === undefined) return [];
    const own = path.split('/')[0] ?? '';
    return imports(text)
      .filter((name) => name.startsWith('.'))
      .map((name) => new URL(name, `file:///${path}`).pathname.slice(1))
      .filter((target) => ![own, ...allowed].some((folder) => target.startsWith(`${folder}/`)))
      .map((target) => `${path} uses ${target}`);
  });
  expect(wrong).toEqual([]);
});

test('nothing needs what the content policy forbids', () => {
  const forbidden = /\sstyle[=:]|\{@html|innerHTML|eval\(|https?:\/\/(?!\S*example)/;
  const found = files.filter(({ path, text }) => !path.startsWith('host/') && forbidden.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('every scene is named where they are listed', () => {
  const [list = ''] = Object.values(import.meta.glob<string>('./host/scenes/README.md', { query: '?raw', import: 'default', eager: true }));
  expect(SCENES.filter((scene) => !list.includes(`\`${scene}\``))).toEqual([]);
});

test('every file says what it is for', () => {
  const silent = files.filter(({ text }) => !/^(\/\/ |\/\*\* |<!-- )/.test(text));
  expect(silent.map(({ path }) => path)).toEqual([]);
});
