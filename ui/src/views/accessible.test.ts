// Every scene before axe: names, roles, labels, landmarks. Contrast and sizes need a browser that draws.
import { cleanup, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, expect, test } from 'vitest';

import { SCENES } from '../host/scenes';
import { open, settle } from './opened';

afterEach(cleanup);

const RULES = { 'color-contrast': { enabled: false }, region: { enabled: false } };

async function faults(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: RULES, resultTypes: ['violations'] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

test.each(SCENES)('%s', async (scene) => {
  await open(scene, 'de');
  expect(await faults()).toEqual([]);
});

test.each([
  ['many-conflicts', /^Jürgen Weiß/],
  ['many-conflicts', /^Jahrestreffen/],
  ['brake', /^So gemeint/],
  ['disconnect', /^Verbindung trennen/],
  ['oauth-waiting', /^Im Browser/],
  ['oauth-consent', /^Im Browser/],
  ['exchange-other-crm', /^Mit Exchange/],
  ['crm-wrong-key', /^Mit dem CRM/],
  ['preview', /bleiben unberührt/],
  ['undo-partly', /Jürgen Weiß/],
  ['why-found', /^Warum/],
  ['in-sync', /^Anhalten/],
])('%s with %s opened', async (scene, name) => {
  await open(scene, 'de');
  await userEvent.click(screen.getAllByRole('button', { name })[0]!);
  await settle();
  expect(await faults()).toEqual([]);
});
