// Which words of a text are not in another one: the longest common run of words stays, the rest is marked.

export interface Piece {
  text: string;
  same: boolean;
}

/** Beyond so many words on a side, a comparison word by word would take too long; then everything between both ends differs. */
const MANY = 1500;

/** `text` in pieces: what `other` has too, and what only `text` has. */
export function pieces(text: string, other: string): Piece[] {
  const [mine, theirs] = [split(text), split(other)];
  const kept = common(mine, theirs);
  const all: Piece[] = [];
  mine.forEach((word, at) => {
    const same = kept.has(at);
    const last = all.at(-1);
    if (last !== undefined && last.same === same) last.text += word;
    else all.push({ text: word, same });
  });
  return bridged(all);
}

/** Words with the blanks behind them, so that joined they are the text again. */
function split(text: string): string[] {
  return text.match(/\s*\S+\s*/g) ?? (text === '' ? [] : [text]);
}

/** The places in `mine` of the words that both have in the same order. */
function common(mine: string[], theirs: string[]): Set<number> {
  const bare = (words: string[]): string[] => words.map((word) => word.trim());
  const [a, b] = [bare(mine), bare(theirs)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const kept = new Set(a.keys());
  for (let at = start; at < a.length - end; at += 1) kept.delete(at);
  if (Math.max(a.length, b.length) - start - end > MANY) return kept;
  for (const at of longest(a.slice(start, a.length - end), b.slice(start, b.length - end))) kept.add(start + at);
  return kept;
}

function longest(a: string[], b: string[]): number[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const length = (at: number, there: number): number => lengths[at]?.[there] ?? 0;
  for (let at = a.length - 1; at >= 0; at -= 1) {
    for (let there = b.length - 1; there >= 0; there -= 1) {
      const both = a[at] === b[there] ? length(at + 1, there + 1) + 1 : Math.max(length(at + 1, there), length(at, there + 1));
      lengths[at]?.fill(both, there, there + 1);
    }
  }
  const found: number[] = [];
  for (let at = 0, there = 0; at < a.length && there < b.length;) {
    if (a[at] === b[there]) {
      found.push(at);
      at += 1;
      there += 1;
    } else if (length(at + 1, there) >= length(at, there + 1)) at += 1;
    else there += 1;
  }
  return found;
}

/** A blank behind a marked piece belongs to the text around it, so that the mark ends with its last word. */
function bridged(all: Piece[]): Piece[] {
  return all.flatMap((piece) => {
    const parts = /^(\s*)([\s\S]*?)(\s*)$/.exec(piece.text);
    if (piece.same || parts === null) return [piece];
    const [before = '', words = '', after = ''] = parts.slice(1);
    return [
      { text: before, same: true },
      { text: words, same: false },
      { text: after, same: true },
    ].filter((part) => part.text !== '');
  });
}
