import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

test("names a few typing mistakes away are found, the best first", () => {
  const known = ["gpt-4o", "gpt-4o-mini", "gpt-4", "smart", "cheap"];
  assert.deepEqual(nearest("gpt-4p", known, 3), ["gpt-4o", "gpt-4"]);
  assert.deepEqual(nearest("Cheep", known), ["cheap"]);
  assert.deepEqual(nearest("something-else-altogether", known), []);
});

test("of very many names the first ones alone are compared", () => {
  const known = [...Array.from({ length: 10_000 }, (_, index) => `other-${index}`), "alias-99"];
  assert.deepEqual(nearest("alias-9x", known), []);
  assert.deepEqual(nearest("alias-9x", known.toReversed()), ["alias-99"]);
});
