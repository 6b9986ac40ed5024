import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventReader } from "./event-reader.ts";

function counting() {
  const counted = { skipped: 0 };
  return { ...createEventReader("Vendor", () => void counted.skipped++), counted };
}

test("what can be read is read, and a stream without its end is incomplete", () => {
  const { read, broke, counted } = counting();
  assert.deepEqual(read('{"delta":{"content":"hi"}}'), { delta: { content: "hi" } });
  assert.equal(counted.skipped, 0);
  assert.equal(broke().code, "upstream_incomplete");
});

for (const text of ["<html>", "{", "null", "5", '{"choices":[{"delta"', '{"type":"ping"', '{"delta":{"content":""']) {
  test(`${text} shows no words, and is passed over; at an end that proves nothing it is to blame`, () => {
    const { read, broke, counted } = counting();
    assert.equal(read(text), undefined);
    assert.equal(counted.skipped, 1);
    assert.deepEqual([broke().status, broke().code], [502, "upstream_unreadable"]);
  });
}

for (const text of [
  '{"choices":[{"delta":{"content":"w9',
  '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel',
  '{"candidates":[{"content":{"parts":[{"text":"Hel"}]',
  '{"message":{"role":"assistant","content":"","thinking":"Hm',
  '{"type":"response.output_text.delta","delta":"Hel"',
  '{"delta":{"partial_json":"{',
]) {
  test(`${text} holds words: without it the answer would have a hole`, () => {
    const { read, counted } = counting();
    assert.throws(() => read(text), { status: 502, code: "upstream_unreadable" });
    assert.equal(counted.skipped, 0);
  });
}
