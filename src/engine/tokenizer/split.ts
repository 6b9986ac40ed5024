/** What becomes of the matches of a pattern where a text is split at them; the names are those of `tokenizer.json`. */
export type SplitBehavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

/**
 * Splits a text at a pattern.
 *
 * @param pattern with the flags `g` and `u`.
 * @param invert whether what is between the matches counts as the matches.
 * @returns pieces that are not empty.
 * Source: `NormalizedString::split` of https://github.com/huggingface/tokenizers
 */
export function split(text: string, pattern: RegExp, behavior: SplitBehavior, invert = false): readonly string[] {
  return JOINED[behavior](piecesOf(text, pattern, invert)).filter((piece) => piece !== "");
}

const JOINED: Readonly<Record<SplitBehavior, (pieces: readonly Piece[]) => readonly string[]>> = {
  Removed: (pieces) => pieces.filter(({ isMatch }) => !isMatch).map(({ text }) => text),
  Isolated: (pieces) => pieces.map(({ text }) => text),
  Contiguous: (pieces) => joined(pieces, (piece, last) => piece.isMatch === last.isMatch),
  MergedWithPrevious: (pieces) => joined(pieces, (piece, last) => piece.isMatch && !last.isMatch),
  MergedWithNext: (pieces) => joined(pieces, (piece, last) => last.isMatch && !piece.isMatch),
};

function piecesOf(text: string, pattern: RegExp, invert: boolean): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (index > end) pieces.push({ text: text.slice(end, index), isMatch: invert });
    pieces.push({ text: match, isMatch: !invert });
    end = index + match.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isMatch: invert });
  return pieces;
}

/** Joins a piece to the one before it where it belongs there. */
function joined(pieces: readonly Piece[], belongs: (piece: Piece, last: Piece) => boolean): readonly string[] {
  const all: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    const last = pieces[index - 1];
    if (last !== undefined && belongs(piece, last)) all.push((all.pop() ?? "") + piece.text);
    else all.push(piece.text);
  }
  return all;
}
