// Chooses which app answers: the real one inside the window, the scripted one in a plain browser.
import type { Host } from './host';
import { insideTauri, tauriHost } from './tauri';

/** The app behind this page. */
export async function openHost(search: URLSearchParams): Promise<Host> {
  if (insideTauri() && search.get('host') !== 'scripted') return tauriHost;
  if (!__SCRIPTED__) throw new Error('this page belongs into the window of the app');
  const { scriptedHost } = await import('./scripted');
  return scriptedHost(search.get('scene') ?? 'in-sync', search.get('lang'));
}
