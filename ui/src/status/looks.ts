// How states and components look: which drawing and which colour. What they mean is decided in the app.
import type { Component } from '../host/bindings/Component';
import type { ComponentStatus } from '../host/bindings/ComponentStatus';
import type { State } from '../host/bindings/State';
import type { TextKey } from '../i18n/texts';
import type { IconName } from '../shared/Icon.svelte';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';
export interface Look {
  icon: IconName;
  tone: Tone;
}

export const STATE_LOOKS: Record<State, Look> = {
  not_connected: { icon: 'plug', tone: 'quiet' },
  in_sync: { icon: 'check', tone: 'good' },
  syncing: { icon: 'arrows', tone: 'busy' },
  paused: { icon: 'pause', tone: 'quiet' },
  attention: { icon: 'attention', tone: 'warn' },
  signed_out: { icon: 'lock', tone: 'bad' },
  offline: { icon: 'cloud_off', tone: 'quiet' },
};

export const COMPONENT_ICONS: Record<Component, IconName> = {
  contacts: 'contacts',
  appointments: 'appointments',
  tasks: 'tasks',
  emails: 'emails',
};

/** The one word a component's card carries in its corner; what is told above all components, it only waits for. */
export function componentWord(status: ComponentStatus, told: boolean): { key: TextKey; tone: Tone } {
  if (status.progress !== null) return { key: 'window.component.syncing', tone: 'busy' };
  const fails = status.last_run?.problem && !told;
  if (status.refused > 0 || fails) return { key: 'window.component.attention', tone: 'warn' };
  if (status.waiting > 0 || told) return { key: 'window.component.waiting', tone: 'quiet' };
  if (status.last_run === null) return { key: 'window.component.never', tone: 'quiet' };
  return { key: 'window.component.ok', tone: 'good' };
}
