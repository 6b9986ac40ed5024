/** A Unigram model of `@huggingface/tokenizers`, as far as it is used. */
export interface UnigramModel {
  readonly tokens_to_ids: ReadonlyMap<string, number>;
  /** The logarithm of each token's probability, by its id. */
  readonly scores: readonly number[];
  readonly min_score: number;
  readonly unk_token_id?: number;
  readonly trie: { common_prefix_search(characters: readonly string[], start: number): Iterable<string> };
}

/** The best way to a place in the word. */
interface Step {
  readonly score: number;
  /** Where its last token begins. */
  readonly start: number;
  /** Undefined for a character that no token begins with. */
  readonly id: number | undefined;
}

/** A character that no token begins with costs so much more than the rarest token. */
const UNKNOWN_PENALTY = 10;

/**
 * The likeliest tokens of a word. Of two ways that are as likely, the one whose last token is the longer; the library
 * compares them one token later, where rounding may have made them equal.
 *
 * @param fallsBack whether what is unknown is written byte by byte, if there are tokens for the bytes.
 * Source: `Unigram::encode_optimized` of https://github.com/huggingface/tokenizers
 */
export function unigramIds(model: UnigramModel, fallsBack: boolean): (word: string) => readonly number[] {
  const { tokens_to_ids: vocabulary, unk_token_id: unknown } = model;

  const unknownIds = (text: string): readonly number[] => {
    const bytes = fallsBack ? Array.from(Buffer.from(text), (byte) => vocabulary.get(bytePiece(byte))) : [];
    const known = bytes.filter((id) => id !== undefined);
    if (known.length > 0 && known.length === bytes.length) return known;
    return unknown === undefined ? [] : [unknown];
  };

  return (word) => {
    const characters = Array.from(word);
    const best = bestSteps(model, characters);
    const parts: (readonly number[])[] = [];
    for (let end = characters.length; end > 0;) {
      const { id } = best[end]!;
      let { start } = best[end]!;
      // What is unknown side by side is one token.
      if (id === undefined) while (start > 0 && best[start]!.id === undefined) ({ start } = best[start]!);
      parts.push(id === undefined ? unknownIds(characters.slice(start, end).join("")) : [id]);
      end = start;
    }
    return parts.toReversed().flat();
  };
}

/** By the place that each ends at, counted in characters. */
function bestSteps(model: UnigramModel, characters: readonly string[]): readonly Step[] {
  const { tokens_to_ids: vocabulary, scores, min_score: minScore, trie } = model;
  const best: Step[] = [{ score: 0, start: 0, id: undefined }];
  const offer = (end: number, step: Step): void => {
    const other = best[end];
    if (other === undefined || step.score > other.score) best[end] = step;
  };
  for (let start = 0; start < characters.length; start++) {
    const { score } = best[start]!;
    let hasOne = false;
    for (const token of trie.common_prefix_search(characters, start)) {
      const id = vocabulary.get(token) ?? 0;
      const length = Array.from(token).length;
      offer(start + length, { score: score + (scores[id] ?? 0), start, id });
      hasOne ||= length === 1;
    }
    if (!hasOne) offer(start + 1, { score: score + minScore - UNKNOWN_PENALTY, start, id: undefined });
  }
  return best;
}

/** `<0x0A>` */
function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
