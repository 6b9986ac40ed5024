import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { withFields as edited } from "./fields.ts";

function withFields(text: string, fields: Readonly<Record<string, unknown>>): string {
  return Buffer.concat(edited(Buffer.from(text), fields)).toString();
}

test("only the named fields change; everything else stays as it was written", () => {
  const text = String.raw`{ "seed": 12345678901234567890, "model" : "a/b", "x": 1.0, "t": "\u591c\"}{", "n": [{"model": "inner"}] }`;
  assert.equal(
    withFields(text, { model: "b" }),
    String.raw`{"seed": 12345678901234567890,"model":"b","x": 1.0, "t": "\u591c\"}{", "n": [{"model": "inner"}] }`,
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

test("characters of several bytes, long strings and empty objects come through", () => {
  const long = `"${"é😀\\\\".repeat(200)}\\""`;
  assert.equal(withFields(`{"名":${long},"model":"a"}`, { model: "b" }), `{"名":${long},"model":"b"}`);
  assert.equal(withFields(" { } ", {}), "{}");
  assert.equal(withFields('{"a":{},"b":[]}', { b: undefined }), '{"a":{}}');
});

test("whatever the object is, only what is named changes", () => {
  const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(objects, fc.string(), fc.jsonValue(), (object, key, value) => {
      const expected = { ...object, [key]: value };
      assert.deepEqual(
        JSON.parse(withFields(JSON.stringify(object), { [key]: value })),
        JSON.parse(JSON.stringify(expected)),
      );
    }),
  );
});
