// What a scene says to everything the window can ask. A scene names only what differs from an app that is well.
import type { Brake } from '../bindings/Brake';
import type { HistoryEntry } from '../bindings/HistoryEntry';
import type { Place } from '../bindings/Place';
import type { PlannedLine } from '../bindings/PlannedLine';
import type { Preferences } from '../bindings/Preferences';
import type { PreviewPart } from '../bindings/PreviewPart';
import type { Problem } from '../bindings/Problem';
import type { Removal } from '../bindings/Removal';
import type { Removed } from '../bindings/Removed';
import type { SignInForms } from '../bindings/SignInForms';
import type { Snapshot } from '../bindings/Snapshot';
import type { Undone } from '../bindings/Undone';
import type { WaitingEntry } from '../bindings/WaitingEntry';
import type { Why } from '../bindings/Why';
import { history } from './history';
import { snapshot } from './made';

/** An answer that never comes, for scenes that show the waiting. */
export const WAITS = 'waits';
export type Answer<T> = T | Problem | typeof WAITS;

export interface Script {
  /** A problem where the app could not start. */
  snapshot: Snapshot | Problem;
  place: Place;
  history: HistoryEntry[] | Problem;
  forms: SignInForms;
  /** What each sign-in answers; a problem that offers it is over once the user takes over. */
  connectCrm: Answer<null>;
  connectExchange: Answer<null>;
  finishOauth: Answer<null>;
  preview: Answer<PreviewPart[]>;
  removals: Answer<Removal[]>;
  removed: Answer<Removed>;
  waiting: Answer<WaitingEntry[]>;
  /** What is still in the way after an entry was resolved. */
  inTheWay: Problem | null;
  brakes: Brake[];
  plan: Answer<PlannedLine[]>;
  undone: Answer<Undone>;
  why: Answer<Why>;
  preferences: Answer<Preferences>;
}

export function script(differing: Partial<Script> = {}): Script {
  return {
    snapshot: snapshot({}),
    place: 'overview',
    history: history(),
    forms: FORMS,
    connectCrm: null,
    connectExchange: null,
    finishOauth: null,
    preview: [],
    removals: [],
    removed: { folders: 0, items: 0, kept: 0, mails: 0 },
    waiting: [],
    inTheWay: null,
    brakes: [],
    plan: [],
    undone: { back: 1, left: [] },
    why: { causes: [], entries: [], more: false },
    preferences: PREFERENCES,
    ...differing,
  };
}

export const FORMS: SignInForms = {
  crm_url: 'https://crm.nordlicht.example',
  crm_url_managed: false,
  crm_user: 'aberger',
  exchange_url: '',
  exchange_url_managed: false,
  email: 'anna.berger@nordlicht.example',
  exchange_user: '',
  oauth_offered: true,
  oauth_used: false,
  past_days: 30,
};

export const PREFERENCES: Preferences = {
  language: null,
  past_days: 30,
  autostart: true,
  managed: [],
  policy_file: null,
  policy_warnings: [],
  advice: [],
  log_folder: '/home/aberger/.local/state/exchange-connector/logs',
  version: '0.1.0',
};
