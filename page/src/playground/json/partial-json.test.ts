import assert from "node:assert/strict";
import { test } from "node:test";
import { readPartialJson } from "./partial-json.ts";

const WHOLE = String.raw`{"name": "Kéelung \"港\" \\u4e \u6d77", "ids": [1, -2.5e3, true, null], "deep": {"a": [{}, []]}}`;

test("a whole text is what JSON.parse reads, and open nowhere", () => {
  for (const text of [WHOLE, " 12 ", '"a"', "[]", "{ }", "null", "[[], {}]"]) {
    assert.deepEqual(readPartialJson(text), { value: JSON.parse(text), openPath: undefined }, text);
  }
});

test("every beginning of a text can be read, and is open", () => {
  for (let length = 1; length < WHOLE.length; length++) {
    assert.notEqual(readPartialJson(WHOLE.slice(0, length))?.openPath, undefined, WHOLE.slice(0, length));
  }
});

test("what has come is there, with the place at which it ends", () => {
  const cases: readonly [string, unknown, readonly (string | number)[]][] = [
    ["{", {}, []],
    ['{"a', {}, []],
    ['{"a":', {}, ["a"]],
    ['{"a":"x', { a: "x" }, ["a"]],
    ['{"a":"x\\u4e', { a: "x" }, ["a"]],
    ['{"a":"x\\"', { a: 'x"' }, ["a"]],
    ['{"a":1', {}, ["a"]],
    ['{"a":1,', { a: 1 }, []],
    ['{"a":[1,{"b":tr', { a: [1, {}] }, ["a", 1, "b"]],
  ];
  for (const [text, value, openPath] of cases) assert.deepEqual(readPartialJson(text), { value, openPath }, text);
  assert.equal(readPartialJson("  \n"), undefined);
});

test("what nothing can make valid is an error with its place", () => {
  for (const text of ["Sure! {", '{"a" 1}', "[1 2]", "{a: 1}", "[1]]", "{} {}", "[trux", '{"a":1,}', '["\n"', "-x"]) {
    assert.throws(() => readPartialJson(text), SyntaxError, text);
  }
});
