import assert from "node:assert/strict";
import { test } from "node:test";
import { withFields } from "./fields.ts";

test("only the named fields change; everything else stays as it was written", () => {
  const text = String.raw`{ "seed": 12345678901234567890, "model" : "a/b", "x": 1.0, "t": "\u591c\"}{", "n": [{"model": "inner"}] }`;
  assert.equal(
    withFields(text, { model: "b" }),
    String.raw`{"seed": 12345678901234567890,"model":"b","x": 1.0,"t": "\u591c\"}{","n": [{"model": "inner"}] }`,
  );
});

test("a missing field is added, one set to undefined is left out", () => {
  assert.equal(withFields("{}", { a: 1 }), '{"a":1}');
  assert.equal(withFields('{"a":{"b":[1,2]},"c":"d"}', { a: undefined, e: null }), '{"c":"d","e":null}');
  assert.equal(withFields('{"a":1}', { a: undefined }), "{}");
});

test("escaped keys and keys that occur twice are found", () => {
  assert.equal(withFields(String.raw`{"mod\u0065l":"x","b":2,"model":"y"}`, { model: "z" }), '{"model":"z","b":2}');
  assert.equal(
    withFields(String.raw`{"a":"ends in a backslash \\","b":1}`, { b: 2 }),
    String.raw`{"a":"ends in a backslash \\","b":2}`,
  );
});

test("names of Object.prototype are ordinary keys", () => {
  assert.equal(withFields('{"__proto__":1,"toString":2}', { model: "m" }), '{"__proto__":1,"toString":2,"model":"m"}');
});
