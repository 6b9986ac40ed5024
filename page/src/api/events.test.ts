import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "./events.ts";

const STREAM = [
  ": downloading Qwen/Qwen3-0.6B-GGUF: 45 %",
  "",
  "event: message",
  'data: {"text":"港"}',
  "",
  "data: two",
  "data:lines",
  "id: 7",
  "",
  ":",
  "data: [DONE]",
  "",
  "data: never ended",
];
const EVENTS = [
  { kind: "comment", text: "downloading Qwen/Qwen3-0.6B-GGUF: 45 %" },
  { kind: "data", data: '{"text":"港"}' },
  { kind: "data", data: "two\nlines" },
  { kind: "comment", text: "" },
  { kind: "data", data: "[DONE]" },
];

function streamOf(text: string, bytesEach: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += bytesEach) controller.enqueue(bytes.slice(at, at + bytesEach));
      controller.close();
    },
  });
}

test("events and comments come as they were written, wherever the network cuts them, whatever ends the lines", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    for (const bytesEach of [1, 2, 3, 7, 1_000]) {
      const read = await Array.fromAsync(readEvents(streamOf(STREAM.join(end), bytesEach)));
      assert.deepEqual(read, EVENTS, `${JSON.stringify(end)} in pieces of ${bytesEach}`);
    }
  }
});

test("who leaves the loop ends the stream", async () => {
  const { promise: isCancelled, resolve } = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("data: x\n\n")),
    cancel: () => resolve(),
  });
  for await (const event of readEvents(endless)) {
    assert.deepEqual(event, { kind: "data", data: "x" });
    break;
  }
  await isCancelled;
});

test("a stream that breaks throws after what has come", async () => {
  const broken = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: x\n\n")),
    pull: () => Promise.reject(new Error("reset")),
  });
  const events = readEvents(broken);
  assert.deepEqual((await events.next()).value, { kind: "data", data: "x" });
  await assert.rejects(events.next(), /reset/);
});
