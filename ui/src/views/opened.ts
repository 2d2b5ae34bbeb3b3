// For tests: opens the whole window on a scene and finds what is in it.
import { render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';

import { scriptedHost, type ScriptedHost } from '../host/scripted';
import { Texts, type Language } from '../i18n/texts';
import App from './App.svelte';

const LOCALES: Record<Language, string> = { de: 'de-DE', en: 'en-GB' };

export async function open(scene: string, language: Language = 'en', before: (host: ScriptedHost) => void = () => undefined): Promise<ScriptedHost> {
  const host = scriptedHost(scene, language);
  before(host);
  render(App, { host, texts: new Texts(language, LOCALES[language]) });
  await settle();
  return host;
}

/** Lets answers that are already given arrive; nothing here waits for a clock. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
    await tick();
  }
}

export const button = (name: string | RegExp): HTMLButtonElement => screen.getByRole('button', { name });
export const field = (name: string | RegExp): HTMLInputElement => screen.getByRole('textbox', { name });
/** A field that hides what is typed has no role of its own. */
export const secret = (name: string): HTMLInputElement => screen.getByLabelText(name);
export const words = (): string => (document.body.textContent ?? '').replace(/\s+/g, ' ');
