// Starts the window: finds the app, its language, and mounts the first view.
import { mount } from 'svelte';

import { openHost } from './host/open';
import { textsFor } from './i18n/texts';
import './shared/base.css';
import App from './views/App.svelte';

const search = new URLSearchParams(location.search);
const host = await openHost(search);
const texts = textsFor(await host.language(), navigator.languages);
document.documentElement.lang = texts.language;
document.title = texts.t('tray.title');

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
mount(App, { target, props: { host, texts, begin: search.get('view') } });
