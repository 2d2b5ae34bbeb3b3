// What a screen reader is told while a sync runs: each phase once and every quarter, not every entry.
import type { ComponentStatus } from '../host/bindings/ComponentStatus';
import type { Snapshot } from '../host/bindings/Snapshot';
import type { Texts } from '../i18n/texts';

/** The sentence to be read out; it stays the same, and therefore silent, until something new is worth saying. */
export function announcement(snapshot: Snapshot, texts: Texts): string {
  const running = snapshot.components.filter((status) => status.progress !== null);
  return [texts.t(`state.${snapshot.state}`), ...running.map((status) => step(status, texts))].join('. ');
}

function step({ component, progress }: ComponentStatus, texts: Texts): string {
  const name = texts.t(`component.${component}`);
  if (progress === null) return name;
  const phase = `${name}: ${texts.t(`window.phase.${progress.phase}`)}`;
  if (!progress.total) return phase;
  const quarter = Math.floor((4 * progress.done) / progress.total) * 25;
  return `${phase}, ${texts.number(Math.min(quarter, 100))} %`;
}
