// The real app, reached over Tauri's commands and its `snapshot` event. The only file that knows Tauri.
import { invoke, type InvokeArgs } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { HistoryEntry } from './bindings/HistoryEntry';
import type { HistoryFilter } from './bindings/HistoryFilter';
import type { Problem } from './bindings/Problem';
import type { Snapshot } from './bindings/Snapshot';
import { HostError, type Host } from './host';

/** Whether this page runs inside the app's window. */
export function insideTauri(): boolean {
  return '__TAURI_INTERNALS__' in window;
}

export const tauriHost: Host = {
  language: () => ask<string>('language'),
  snapshot: () => ask<Snapshot>('snapshot'),
  watch: (listener) => listen<Snapshot>('snapshot', (event) => listener(event.payload)),
  history: (filter: HistoryFilter) => ask<HistoryEntry[]>('history', { filter }),
  refused: () => ask<HistoryEntry[]>('refused'),
  syncNow: () => ask<void>('sync_now'),
  pause: () => ask<void>('pause'),
  resume: () => ask<void>('resume'),
  now: () => Date.now(),
};

async function ask<T>(command: string, values?: InvokeArgs): Promise<T> {
  try {
    return await invoke<T>(command, values);
  } catch (refusal) {
    throw isProblem(refusal) ? new HostError(refusal) : refusal;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'values' in value;
}
