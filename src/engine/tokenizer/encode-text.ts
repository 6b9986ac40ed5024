import { addedTokenFinder, type Part } from "./added-token-finder.ts";
import type { PreTokenize } from "./pre-tokenizers.ts";
import type { AddedToken } from "./tokenizer-json.ts";

/** What text goes through on its way to token ids. */
export interface TextEncoding {
  readonly addedTokens: readonly AddedToken[];
  readonly normalize: (text: string) => string;
  readonly preTokenize: PreTokenize;
  /** The ids of one word. */
  readonly wordIds: (word: string) => readonly number[];
}

/**
 * A text as token ids: the added tokens in it are found first, those that are to be normalised in what the normalizer made
 * of the rest; all that is left is parted into words, and each word into tokens.
 *
 * Source: `TokenizerImpl::encode_single_sequence` of https://github.com/huggingface/tokenizers
 */
export function createEncodeText(encoding: TextEncoding): (text: string) => number[] {
  const { addedTokens, normalize, preTokenize, wordIds } = encoding;
  const [asTheyAre, normalized] = partition(addedTokens, (token) => token["normalized"] !== true);
  const find = addedTokenFinder(new Map(asTheyAre.map((token) => [token.content, token])));
  const findNormalized = addedTokenFinder(new Map(normalized.map((token) => [normalize(token.content), token])));

  const ids = (part: Part, isFirst: boolean): readonly number[] =>
    typeof part === "string" ? preTokenize(part, isFirst).flatMap(wordIds) : [part.id];

  return (text) =>
    find(text).flatMap((part, index) => {
      if (typeof part !== "string") return [part.id];
      return findNormalized(normalize(part)).flatMap((piece, place) => ids(piece, index === 0 && place === 0));
    });
}

function partition<Value>(
  values: readonly Value[],
  isOfFirst: (value: Value) => boolean,
): readonly [readonly Value[], readonly Value[]] {
  return [values.filter(isOfFirst), values.filter((value) => !isOfFirst(value))];
}
