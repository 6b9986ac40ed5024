import assert from "node:assert/strict";
import { test } from "node:test";
import { decoded } from "./decoder.ts";
import { createLineDecoder } from "./ndjson.ts";

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function lines(text: string, size = 1000): Promise<string[]> {
  return (await Array.fromAsync(decoded(cut(text, size), createLineDecoder()))).flat();
}

test("lines are the same wherever the reads are cut, also inside a character", async () => {
  for (let size = 1; size < 20; size++) {
    assert.deepEqual(await lines('{"a":"夜市🍜"}\n{"b":"\\n"}\n', size), ['{"a":"夜市🍜"}', '{"b":"\\n"}']);
  }
});

test("a carriage return before the line feed is no part of the line", async () => {
  for (let size = 1; size < 5; size++) assert.deepEqual(await lines("1\r\n2\r\n", size), ["1", "2"]);
});

test("empty lines are passed over, and a last line counts without its line feed", async () => {
  assert.deepEqual(await lines("\n1\n\n \n2"), ["1", "2"]);
});

test("an empty stream has no lines", async () => {
  assert.deepEqual(await lines(""), []);
});

test("a line without end is an error before it fills the memory", async () => {
  const part = Buffer.alloc(1024 * 1024, "x");
  let parts = 0;
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      parts++;
      yield part;
    }
  };
  await assert.rejects(Array.fromAsync(decoded(endless(), createLineDecoder())), {
    status: 502,
    code: "upstream_too_large",
  });
  assert.ok(parts < 20);
});
