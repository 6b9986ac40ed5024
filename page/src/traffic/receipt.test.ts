import assert from "node:assert/strict";
import { test } from "node:test";
import { indented, treatedFields } from "./receipt.ts";

test("a receipt says what was done with which fields", () => {
  assert.deepEqual(treatedFields("dropped=seed,user;clamped=temperature"), [
    { treatment: "dropped", fields: ["seed", "user"] },
    { treatment: "clamped", fields: ["temperature"] },
  ]);
  assert.deepEqual(treatedFields(""), []);
});

test("JSON is shown with line breaks, all else as it is", () => {
  assert.equal(indented('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(indented('{"a": "cut o'), '{"a": "cut o');
  assert.equal(indented("Once upon a time"), "Once upon a time");
});
