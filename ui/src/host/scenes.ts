// The scenes of the scripted app: every situation a screen has to show, with made-up people of a
// made-up company. Fixed in time, so that two pictures of one scene are the same.
import { DECIDE } from './scenes/decide';
import type { Script } from './scenes/script';
import { SETTINGS } from './scenes/settings';
import { SETUP } from './scenes/setup';
import { STATES } from './scenes/states';

export { SCENE_NOW } from './scenes/made';
export { WAITS, type Answer, type Script } from './scenes/script';
export { steps } from './scenes/steps';

const SCRIPTS = { ...STATES, ...SETUP, ...DECIDE, ...SETTINGS };
export type Scene = keyof typeof SCRIPTS;
export const SCENES = Object.keys(SCRIPTS) as Scene[];

/** The script of a scene; an unknown name plays `in-sync`. */
export function scriptOf(scene: string): Script {
  return (SCRIPTS[scene as Scene] ?? SCRIPTS['in-sync'])();
}
