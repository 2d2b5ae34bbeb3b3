// Which words are marked, and that nothing of a text is lost by it.
import { expect, test } from 'vitest';

import { pieces } from './words';

const marked = (text: string, other: string): string[] =>
  pieces(text, other)
    .filter((piece) => !piece.same)
    .map((piece) => piece.text);

test.each([
  ['equal texts', 'Leiter Einkauf', 'Leiter Einkauf', []],
  ['one word more', 'Leiter Einkauf Nord', 'Leiter Einkauf', ['Nord']],
  ['a word in the middle', 'am Vormittag anrufen', 'am Nachmittag anrufen', ['Vormittag']],
  ['words that follow each other are one mark', 'ganz und gar neu', 'alt', ['ganz und gar neu']],
  ['nothing before', '+49 40 5550', '', ['+49 40 5550']],
  ['nothing now', '', 'Kiel', []],
  ['other blanks only', 'Kiel  Nord', 'Kiel Nord', []],
  ['a line more', 'erste\nzweite', 'erste', ['zweite']],
  ['moved words', 'b c a', 'a b c', ['a']],
] as [string, string, string, string[]][])('%s', (_, text, other, words) => {
  expect(marked(text, other)).toEqual(words);
});

test('the pieces are the text again, whatever it is', () => {
  const texts = ['', ' ', 'a', ' a ', 'a\n\nb  c\t d ', 'Zoë\u00a0van der Meer', '  \n'];
  for (const text of texts) {
    for (const other of texts) {
      expect(
        pieces(text, other)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }
  }
});

test('a text of thousands of words is compared at once', () => {
  const words = Array.from({ length: 30_000 }, (_, at) => `word${at}`);
  const other = words.map((word, at) => (at % 2 === 0 ? word : `${word}x`));
  expect(pieces(words.join(' '), other.join(' ')).length).toBeGreaterThan(0);
  const near = [...words.slice(0, 100), 'new', ...words.slice(100)];
  expect(marked(near.join(' '), words.join(' '))).toEqual(['new']);
});
