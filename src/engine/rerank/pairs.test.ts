import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { longestFirst, pairTokenizer } from "./pairs.ts";

test("the longer text is cut first, then both to half of the room", () => {
  assert.deepEqual(longestFirst(3, 4, 10), [3, 4]);
  assert.deepEqual(longestFirst(3, 40, 10), [3, 7]);
  assert.deepEqual(longestFirst(40, 3, 10), [7, 3]);
  assert.deepEqual(longestFirst(40, 50, 10), [5, 5]);
  assert.deepEqual(longestFirst(50, 40, 11), [6, 5]);
  assert.deepEqual(longestFirst(40, 50, 11), [5, 6]);
  assert.deepEqual(longestFirst(40, 40, 11), [5, 6]);
  assert.deepEqual(longestFirst(4, 5, 0), [0, 0]);
});

/** A letter is a token: `<a>`, `</s>` and so on are 90 and above. */
function letterTokenizer(types: (ids: readonly number[]) => readonly number[]): Tokenizer {
  const encode = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0) - 97);
  const encodePair = (first: string, second: string) => {
    const ids = [90, ...encode(first), 91, 91, ...encode(second), 92];
    return { ids, types: types(ids) };
  };
  return {
    specialTokens: { before: [90], after: [92] },
    encode,
    encodePair,
    tokenId: () => undefined,
  };
}

test("what stands around the texts and the tokens' types are those of the tokenizer", () => {
  const noTypes = pairTokenizer(letterTokenizer((ids) => ids.map(() => 0)));
  assert.deepEqual(noTypes("bc", ["d", ""], { maxTokens: 99 }), [
    { ids: Int32Array.of(90, 1, 2, 91, 91, 3, 92), firstTokens: 7, truncated: false },
    { ids: Int32Array.of(90, 1, 2, 91, 91, 92), firstTokens: 6, truncated: false },
  ]);
  const twoTypes = pairTokenizer(letterTokenizer((ids) => ids.map((_, at) => (at < 3 ? 0 : 1))));
  const [cut] = twoTypes("bc", ["defgh"], { maxTokens: 8 });
  assert.deepEqual(cut, { ids: Int32Array.of(90, 1, 2, 91, 91, 3, 4, 92), firstTokens: 4, truncated: true });
});
