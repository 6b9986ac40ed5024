import assert from "node:assert/strict";
import { test } from "node:test";
import { unigramIds } from "./unigram.ts";

/** Tokens with their scores; the first is the unknown one. */
function idsOf(tokens: Readonly<Record<string, number>>, fallsBack = false): (word: string) => readonly number[] {
  const names = Object.keys(tokens);
  const scores = Object.values(tokens);
  const trie = {
    common_prefix_search: (characters: readonly string[], start: number) =>
      names.filter((name) => characters.slice(start).join("").startsWith(name)),
  };
  const ids = new Map(names.map((name, id) => [name, id]));
  const model = { tokens_to_ids: ids, scores, min_score: Math.min(...scores), unk_token_id: 0, trie };
  return unigramIds(model, fallsBack);
}

test("of two ways that differ in their last digits alone, the likelier is taken, whatever comes after", () => {
  // What the library in Rust computes with these scores of a trained model.
  const dots = idsOf({
    "<unk>": 0,
    "▁": -2.121448931768545,
    ".": -4.1993414060371865,
    "..": -6.661466364439146,
    "}": -6.5702851891242595,
  });
  assert.deepEqual(dots("▁...}"), [1, 3, 2, 4]);
});

test("unknown characters side by side are one token, or bytes where there are tokens for all of them", () => {
  const tokens = { "<unk>": 0, a: -1, "<0xE6>": -1, "<0xB0>": -1, "<0xA3>": -1 };
  assert.deepEqual(idsOf(tokens)("a氣氣a"), [1, 0, 1]);
  assert.deepEqual(idsOf(tokens, true)("a氣a"), [1, 2, 3, 4, 1]);
  assert.deepEqual(idsOf(tokens, true)("a天a"), [1, 0, 1]);
  assert.deepEqual(idsOf(tokens)(""), []);
});
