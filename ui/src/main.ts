// Starts the window: finds the app, its language, and mounts the first view.
import { mount, unmount } from 'svelte';

import { openHost } from './host/open';
import { textsFor } from './i18n/texts';
import './shared/base.css';
import App from './views/App.svelte';

const search = new URLSearchParams(location.search);
const host = await openHost(search);
const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
let shown = await show(target, search.get('view'));

/** Mounts the window in the language of now, beginning with this view. */
async function show(target: HTMLElement, begin: string | null): Promise<Record<string, unknown>> {
  const texts = textsFor(await host.language(), navigator.languages);
  document.documentElement.lang = texts.language;
  document.title = texts.t('tray.title');
  return mount(App, { target, props: { host, texts, begin, onlanguage: () => void speakAnew(target) } });
}

/** Another language was chosen, which is done in the settings. */
async function speakAnew(target: HTMLElement): Promise<void> {
  await unmount(shown);
  shown = await show(target, 'settings');
  focusLanguage(target);
}

/** Whoever chose it with the keyboard goes on there, once the settings are read. */
function focusLanguage(target: HTMLElement): void {
  const watcher = new MutationObserver(() => {
    const list = target.querySelector<HTMLElement>('#settings-language');
    if (list === null) return;
    watcher.disconnect();
    list.focus();
  });
  watcher.observe(target, { childList: true, subtree: true });
}
