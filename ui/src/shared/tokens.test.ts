// The contrast of everything that is read, in light and in dark, by the formula of WCAG 2.
import { describe, expect, test } from 'vitest';

const [css] = Object.values(import.meta.glob<string>('./tokens.css', { query: '?raw', import: 'default', eager: true }));
const [light = '', dark = ''] = (css ?? '').split('@media');

const TEXTS: [string, string[]][] = [
  ['text', ['page', 'surface', 'sunken', 'warn-soft', 'bad-soft', 'quiet-soft', 'good-soft', 'busy-soft']],
  ['muted', ['page', 'surface', 'sunken', 'warn-soft', 'bad-soft', 'quiet-soft', 'good-soft']],
  ['accent', ['page', 'surface', 'warn-soft']],
  ['on-accent', ['accent', 'accent-strong']],
  ['on-bad', ['bad', 'bad-strong']],
  ['good', ['page', 'surface', 'good-soft']],
  ['busy', ['surface', 'busy-soft']],
  ['warn', ['surface', 'warn-soft']],
  ['bad', ['page', 'surface', 'bad-soft']],
  ['quiet', ['surface', 'quiet-soft']],
];
const SHAPES: [string, string[]][] = [
  ['line-strong', ['page', 'surface']],
  ['busy', ['quiet-soft']],
];

function tokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((found) => [found[1] ?? '', found[2] ?? '']));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) throw new Error('a colour is missing');
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

describe.each([
  ['light', tokens(light)],
  ['dark', tokens(dark)],
])('%s', (_, colours) => {
  function tooWeak(pairs: [string, string[]][], least: number): string[] {
    return pairs.flatMap(([front, backs]) =>
      backs.filter((back) => contrast(colours.get(front), colours.get(back)) < least).map((back) => `${front} on ${back}`),
    );
  }

  test('every text has 4.5 to 1', () => expect(tooWeak(TEXTS, 4.5)).toEqual([]));
  test('every edge and bar that tells something has 3 to 1', () => expect(tooWeak(SHAPES, 3)).toEqual([]));
});
