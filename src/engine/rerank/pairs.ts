import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** Two texts as a cross-encoder takes them: `[CLS] query [SEP] document [SEP]`. */
export interface TokenizedPair {
  /** Cut to the limit, special tokens included. */
  readonly ids: Int32Array;
  /** How many tokens, from the first on, are of type 0; those behind them are of type 1. */
  readonly firstTokens: number;
  readonly truncated: boolean;
}

/** What a tokenizer puts before, between and behind two texts. */
interface PairTemplate {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly after: readonly number[];
  /** How many tokens of `between` are of type 0; undefined where all tokens are. */
  readonly typeZeroBetween: number | undefined;
}

export interface PairLimits {
  readonly maxTokens: number;
  readonly maxDocumentTokens?: number;
}

/** Joins one query with each of many documents. */
export function pairTokenizer(
  tokenizer: Tokenizer,
): (query: string, documents: readonly string[], limits: PairLimits) => readonly TokenizedPair[] {
  const template = pairTemplate(tokenizer);
  const encode = (text: string): readonly number[] => tokenizer.encode(text, { addSpecialTokens: false });
  return (query, documents, { maxTokens, maxDocumentTokens }) => {
    const first = encode(query);
    const { before, between, after } = template;
    const room = Math.max(maxTokens - before.length - between.length - after.length, 0);
    return documents.map((document) => {
      const second = encode(document).slice(0, maxDocumentTokens);
      const kept = longestFirst(first.length, second.length, room);
      return join(template, first.slice(0, kept[0]), second.slice(0, kept[1]), first.length + second.length > room);
    });
  };
}

/**
 * How many tokens of two texts are kept, so that together they have at most `room`: the longer one is cut first, and when
 * both would be longer than half of the room, both are cut to it.
 * Source: `TruncationStrategy::LongestFirst` of https://github.com/huggingface/tokenizers
 */
export function longestFirst(first: number, second: number, room: number): readonly [number, number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second, Math.floor(room / 2));
  return first <= second ? [shorter, room - shorter] : [room - shorter, shorter];
}

/** Every kind of post-processor puts its tokens around the texts', so one short pair shows them. */
function pairTemplate(tokenizer: Tokenizer): PairTemplate {
  const bare = (text: string): readonly number[] => tokenizer.encode(text, { addSpecialTokens: false });
  const [first, second] = [bare("a"), bare("b")];
  const { ids, types } = tokenizer.encodePair("a", "b");
  const firstAt = indexOf(ids, first, 0);
  const secondAt = indexOf(ids, second, firstAt + first.length);
  const typeOneAt = types.indexOf(1);
  return {
    before: ids.slice(0, firstAt),
    between: ids.slice(firstAt + first.length, secondAt),
    after: ids.slice(secondAt + second.length),
    typeZeroBetween: typeOneAt < 0 ? undefined : typeOneAt - firstAt - first.length,
  };
}

function join(
  { before, between, after, typeZeroBetween }: PairTemplate,
  first: readonly number[],
  second: readonly number[],
  truncated: boolean,
): TokenizedPair {
  const ids = Int32Array.from([...before, ...first, ...between, ...second, ...after]);
  const firstTokens = typeZeroBetween === undefined ? ids.length : before.length + first.length + typeZeroBetween;
  return { ids, firstTokens, truncated };
}

function indexOf(ids: readonly number[], part: readonly number[], from: number): number {
  return ids.findIndex((_, index) => index >= from && part.every((id, offset) => ids[index + offset] === id));
}
