// The real app, reached over Tauri's commands and its `snapshot` event. The only file that knows Tauri.
import { invoke, type InvokeArgs } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { Brake } from './bindings/Brake';
import type { HistoryEntry } from './bindings/HistoryEntry';
import type { Place } from './bindings/Place';
import type { PlannedLine } from './bindings/PlannedLine';
import type { Preferences } from './bindings/Preferences';
import type { PreviewPart } from './bindings/PreviewPart';
import type { Problem } from './bindings/Problem';
import type { Removal } from './bindings/Removal';
import type { Removed } from './bindings/Removed';
import type { SignInForms } from './bindings/SignInForms';
import type { Snapshot } from './bindings/Snapshot';
import type { Undone } from './bindings/Undone';
import type { WaitingEntry } from './bindings/WaitingEntry';
import type { Why } from './bindings/Why';
import { HostError, type Host } from './host';

/** Whether this page runs inside the app's window. */
export function insideTauri(): boolean {
  return '__TAURI_INTERNALS__' in window;
}

export const tauriHost: Host = {
  language: () => ask<string>('language'),
  snapshot: () => ask<Snapshot>('snapshot'),
  watch: (listener) => listen<Snapshot>('snapshot', (event) => listener(event.payload)),
  place: () => ask<Place>('place'),
  watchPlace: (listener) => listen<Place>('place', (event) => listener(event.payload)),
  syncNow: () => ask<void>('sync_now'),
  pause: (how) => ask<void>('pause', { how }),
  resume: () => ask<void>('resume'),
  signInForms: () => ask<SignInForms>('sign_in_forms'),
  connectCrm: (form) => ask<void>('connect_crm', { form }),
  connectExchange: (form) => ask<void>('connect_exchange', { form }),
  beginOauth: (form) => ask<string>('begin_oauth', { form }),
  finishOauth: () => ask<void>('finish_oauth'),
  cancelOauth: () => ask<void>('cancel_oauth'),
  preview: () => ask<PreviewPart[]>('preview'),
  start: () => ask<void>('start'),
  removals: () => ask<Removal[]>('removals'),
  disconnect: () => ask<Removed>('disconnect'),
  abandon: () => ask<void>('abandon'),
  stayConnected: () => ask<void>('stay_connected'),
  waiting: () => ask<WaitingEntry[]>('waiting'),
  resolve: (id, decision) => ask<Problem | null>('resolve', { id, decision }),
  brakes: () => ask<Brake[]>('brakes'),
  brakePlan: (id) => ask<PlannedLine[]>('brake_plan', { id }),
  answerBrake: (id, answer) => ask<void>('answer_brake', { id, answer }),
  history: (filter) => ask<HistoryEntry[]>('history', { filter }),
  undo: (what) => ask<Undone>('undo', { what }),
  why: (text) => ask<Why>('why', { text }),
  preferences: () => ask<Preferences>('preferences'),
  setLanguage: (language) => ask<void>('set_language', { language }),
  setPastDays: (days) => ask<void>('set_past_days', { days }),
  setAutostart: (on) => ask<void>('set_autostart', { on }),
  openLogFolder: () => ask<void>('open_log_folder'),
  quit: () => ask<void>('quit'),
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
