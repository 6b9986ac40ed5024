import { BYTE_OF_CHARACTER } from "../tokenizer/byte-alphabet.ts";
import { TOKEN_TYPE, tokenBytes, type Vocabulary } from "../tokenizer/detokenizer.ts";

type Bytes = readonly [first: number, last: number];

/**
 * What UTF-8 does not have at all, and what it does not have after a first byte.
 * Source: table 3-7 of https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506
 */
const NEVER: readonly Bytes[] = [
  [0xc0, 0xc1],
  [0xf5, 0xff],
];
const NOT_AFTER: ReadonlyMap<number, Bytes> = new Map([
  [0xe0, [0x80, 0x9f]],
  [0xed, [0xa0, 0xbf]],
  [0xf0, [0x80, 0x8f]],
  [0xf4, [0x90, 0xbf]],
]);

/**
 * The tokens that would be no UTF-8 after another one, or at the beginning; the same list as long as they are the same.
 *
 * To llama.cpp's grammars a character is as many bytes as its first one says, whatever they are. What is no UTF-8 becomes
 * several replacement characters, and a string longer than its schema allows.
 */
export type Malformed = (after: number | undefined) => readonly number[];

export function createMalformed(vocabulary: Vocabulary): Malformed {
  let tokens: ReadonlyMap<number | undefined, readonly number[]> | undefined;
  const lists = new Map<number | undefined, readonly number[]>();

  const beginningWith = (ranges: readonly Bytes[]): readonly number[] => {
    tokens ??= Map.groupBy(vocabulary.pieces.keys(), (token) => firstByte(vocabulary, token));
    return [...tokens].flatMap(([byte, all]) => (isIn(ranges, byte) ? all : []));
  };

  return (after) => {
    const last = after === undefined ? undefined : tokenBytes(vocabulary, after).at(-1);
    const range = NOT_AFTER.get(last ?? 0);
    const key = range && last;
    const list = lists.get(key) ?? beginningWith(range ? [...NEVER, range] : NEVER);
    lists.set(key, list);
    return list;
  };
}

/** Of a token that may begin with a part of a character: to spell out a large vocabulary would hold up all calls for 50 ms. */
function firstByte({ kind, pieces, types }: Vocabulary, token: number): number | undefined {
  const piece = pieces[token] ?? "";
  if (types[token] === TOKEN_TYPE.byte) return Number.parseInt(piece.slice(3, 5), 16);
  return kind === "gpt2" && types[token] === TOKEN_TYPE.normal ? BYTE_OF_CHARACTER.get(piece.charAt(0)) : undefined;
}

function isIn(ranges: readonly Bytes[], byte: number | undefined): boolean {
  return byte !== undefined && ranges.some(([first, last]) => byte >= first && byte <= last);
}
