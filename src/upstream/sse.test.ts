import assert from "node:assert/strict";
import { test } from "node:test";
import { decoded } from "./decoder.ts";
import { createEventDecoder } from "./sse.ts";

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function data(text: string, size = 1000): Promise<string[]> {
  const events = (await Array.fromAsync(decoded(cut(text, size), createEventDecoder()))).flat();
  return events.map((event) => event.data);
}

test("events are the same wherever the reads are cut, also inside a character", async () => {
  const text = 'data: {"a":"夜市🍜"}\n\nevent: ping\ndata: 1\ndata: 2\n\n: comment\n\ndata:x\n\n';
  for (let size = 1; size < 20; size++) {
    assert.deepEqual((await Array.fromAsync(decoded(cut(text, size), createEventDecoder()))).flat(), [
      { event: "", data: '{"a":"夜市🍜"}' },
      { event: "ping", data: "1\n2" },
      { event: "", data: "x" },
    ]);
  }
});

test("all three line ends are read, also when a read ends between CR and LF", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = [": hello", "", "data: 1", "", "data: 2", "", ""].join(end);
    for (let size = 1; size < 9; size++)
      assert.deepEqual(await data(text, size), ["1", "2"], JSON.stringify({ end, size }));
  }
});

test("a last event counts without its blank line", async () => {
  assert.deepEqual(await data("data: 1\n\ndata: [DONE]"), ["1", "[DONE]"]);
  assert.deepEqual(await data("data: 1\n\ndata: 2\r"), ["1", "2"]);
});

test("an empty stream has no events", async () => {
  assert.deepEqual(await data(""), []);
  assert.deepEqual(await data("\n\n\n\n: only\n\n"), []);
});

test("an event without end is an error, not a full memory", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1024 * 1024, "x");
  }
  await assert.rejects(Array.fromAsync(decoded(endless(), createEventDecoder())), { code: "upstream_too_large" });
});
