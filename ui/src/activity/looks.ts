// How acts look in the activity list.
import type { Act } from '../host/bindings/Act';
import type { IconName } from '../shared/Icon.svelte';

export const ACT_ICONS: Record<Act, IconName> = {
  created: 'plus',
  updated: 'pencil',
  deleted: 'minus',
  linked: 'link',
  unlinked: 'unlink',
  refused: 'attention',
  passed_over: 'minus',
};
