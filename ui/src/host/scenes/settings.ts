// The settings, and what is answered to "why?" and after an undo.
import type { Why } from '../bindings/Why';
import { entry, MINUTE, problem, SCENE_NOW, snapshot } from './made';
import { PREFERENCES, script, WAITS, type Script } from './script';

const FOUND: Why = {
  causes: [],
  entries: [
    {
      title: 'Peter Holm',
      component: 'contacts',
      synced: true,
      reasons: [],
      last: entry({ id: 908, at: SCENE_NOW - 4 * MINUTE, title: 'Peter Holm', side: 'mailbox' }),
    },
    { title: 'Peter Holmström', component: 'contacts', synced: false, reasons: [problem('deleted_by_user')], last: null },
    {
      title: 'Gespräch mit Peter Holm',
      component: 'appointments',
      synced: false,
      reasons: [problem('type_not_synced', { type: 'Besuch' }), problem('not_assigned_to_user')],
      last: null,
    },
  ],
  more: true,
};
const CAUSES: Why = {
  causes: [
    { component: null, problem: problem('paused') },
    { component: 'tasks', problem: problem('component_off') },
  ],
  entries: [],
  more: false,
};

export const SETTINGS = {
  settings: () => script({ place: 'settings' }),
  'settings-loading': () => script({ place: 'settings', preferences: WAITS }),
  'settings-failed': () => script({ place: 'settings', preferences: problem('state_unusable', { detail: 'disk I/O error' }) }),
  'settings-no-autostart': () => script({ place: 'settings', preferences: { ...PREFERENCES, language: 'de', autostart: null } }),
  'settings-managed': () =>
    script({
      snapshot: snapshot({ managed: true }),
      place: 'settings',
      preferences: {
        ...PREFERENCES,
        policy_file: '/etc/exchange-connector/policy.toml',
        policy_warnings: ['emails.blacklst', 'folders.notes'],
        managed: [
          { key: 'crm_url', value: '"https://crm.nordlicht.example"' },
          { key: 'conflict_strategy', value: '"none"' },
          { key: 'components', value: '["emails", "contacts", "appointments"]' },
          { key: 'folders.contacts', value: '"standard"' },
          { key: 'max_failed_sign_ins', value: '2' },
          { key: 'emails.blacklist', value: '["noreply@", "newsletter@"]' },
          { key: 'send_invitations', value: 'false' },
          { key: 'pick_lists.task_status.to_exchange.Planned', value: '"NotStarted"' },
        ],
      },
    }),
  'settings-advice': () =>
    script({
      place: 'settings',
      preferences: { ...PREFERENCES, advice: [problem('mail_key_missing'), problem('clocks_apart', { seconds: '340' })] },
    }),
  about: () => script({ place: 'about' }),
  'why-found': () => script({ place: 'activity', why: FOUND }),
  'why-causes': () => script({ place: 'activity', why: CAUSES }),
  'why-nowhere': () => script({ place: 'activity' }),
  'why-failed': () => script({ place: 'activity', why: problem('connection_lost', { server: 'mail.nordlicht.example' }) }),
  'undo-partly': () =>
    script({
      place: 'activity',
      undone: {
        back: 3,
        left: [
          { title: 'Jürgen Weiß', problem: problem('changed_since', { field: 'phone' }) },
          { title: 'Amélie Dubois', problem: problem('undo_not_possible') },
        ],
      },
    }),
  'undo-failed': () => script({ place: 'activity', undone: problem('connection_lost', { server: 'mail.nordlicht.example' }) }),
} satisfies Record<string, () => Script>;
