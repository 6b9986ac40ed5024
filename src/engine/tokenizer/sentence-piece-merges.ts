import type { Piece } from "./sentence-piece-model.ts";

/**
 * Sentencepiece keeps no merges: each piece can come of any two others that it is made of. Pieces with a higher score are
 * merged first, and of those with the same one the longer left part.
 * Source: `generate_merges` in `convert_slow_tokenizer.py` of transformers.
 */
export function sentencePieceMerges(
  pieces: readonly Piece[],
  vocab: Readonly<Record<string, number>>,
): readonly [string, string][] {
  const all = pieces.flatMap(({ text, score }) => {
    const ways = Array.from({ length: Math.max(text.length - 1, 0) }, (_, index) => ({
      left: text.slice(0, index + 1),
      right: text.slice(index + 1),
      score,
    }));
    return ways
      .filter(({ left, right }) => Object.hasOwn(vocab, left) && Object.hasOwn(vocab, right))
      .toSorted((a, b) => (vocab[a.left] ?? 0) - (vocab[b.left] ?? 0) || (vocab[a.right] ?? 0) - (vocab[b.right] ?? 0));
  });
  return all
    .toSorted((a, b) => b.score - a.score || b.left.length - a.left.length || b.right.length - a.right.length)
    .map(({ left, right }) => [left, right]);
}
