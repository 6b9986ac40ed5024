/** So many names are compared letter by letter: whoever sends wrong ones must not keep the server busy. */
const MAX_COMPARED = 500;

/** The known names that `name` may have been meant to be, best first: those that a few typing mistakes away. */
export function nearest(name: string, known: Iterable<string>, limit = 1): readonly string[] {
  const wanted = name.toLowerCase();
  const mistakesAllowed = Math.max(1, Math.floor(wanted.length / 3));
  const isAsLong = ({ length }: string): boolean => Math.abs(length - wanted.length) <= mistakesAllowed;
  return [...new Set(known)]
    .filter(isAsLong)
    .slice(0, MAX_COMPARED)
    .map((candidate) => ({ candidate, mistakes: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(({ mistakes }) => mistakes <= mistakesAllowed)
    .toSorted((a, b) => a.mistakes - b.mistakes)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/**
 * How many letters must be put in, left out, changed or swapped with their neighbour to make `b` of `a`.
 * Source: https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance (optimal string alignment)
 */
function editDistance(a: string, b: string): number {
  // Names are short; a long text is no typing mistake, and need not be compared letter by letter.
  if (a.length > 64 || b.length > 64) return Math.max(a.length, b.length);
  const at = (row: readonly number[], index: number) => row[index] ?? Infinity;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(change, swap, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}
