import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccess } from "./keys.ts";

test("each of the keys lets in, and no other, nor a part of one", () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `sk-client-${index}`);
  const { admit, needsKey } = createAccess(keys);
  assert.equal(needsKey, true);
  for (const key of [keys[0], keys[4_321], keys.at(-1)]) admit(key);
  for (const key of ["sk-client-10000", "sk-client", "", " sk-client-1", undefined]) {
    assert.throws(() => admit(key), { status: 401, code: "invalid_api_key" }, String(key));
  }
});

test("where there are no keys, every caller is let in", () => {
  const { admit, needsKey } = createAccess([]);
  assert.equal(needsKey, false);
  admit(undefined);
  admit("sk-whatever");
});
