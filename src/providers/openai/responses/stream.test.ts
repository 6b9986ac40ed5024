import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { eachChunk } from "../../../../test/each-chunk.ts";
import type { ChatCompletionChunk } from "../../../api/chat.ts";
import { ApiError } from "../../../api/error.ts";
import { chunks } from "./stream.ts";

const CREATED = { type: "response.created", response: { id: "resp_1", created_at: 1, model: "gpt-6-sol", output: [] } };

async function* cutAt(bytes: Buffer, borders: readonly number[]): AsyncGenerator<Buffer> {
  const sorted = [0, ...borders.map((border) => border % bytes.length).toSorted((a, b) => a - b), bytes.length];
  for (let i = 1; i < sorted.length; i++) yield bytes.subarray(sorted[i - 1], sorted[i]);
}

function read(bytes: Buffer, borders: readonly number[] = [], withUsage = false): Promise<ChatCompletionChunk[]> {
  const failure = (status: number, body: string): ApiError => new ApiError(status, "api_error", body);
  const nothing = (): undefined => undefined;
  return Array.fromAsync(
    eachChunk(chunks(cutAt(bytes, borders), { withUsage, keep: nothing, onSkipped: nothing, failure })),
  );
}

function stream(...events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join(""));
}

function end(status: string, more: object = {}): object {
  return { type: `response.${status}`, response: { ...CREATED.response, status, ...more } };
}

test("recorded streams read the same wherever they are cut", async () => {
  const folder = new URL("fixtures/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".sse"));
  for (const file of files) {
    const bytes = readFileSync(new URL(file, folder));
    const whole = await read(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 30 }), async (borders) => {
        assert.deepEqual(await read(bytes, borders), whole);
      }),
      { numRuns: 20 },
    );
  }
  assert.ok(files.length > 0);
});

test("the role comes first, then deltas, the finish reason alone, and the usage alone", async () => {
  const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5, input_tokens_details: { cached_tokens: 1 } };
  const all = await read(
    stream(
      CREATED,
      { type: "response.output_text.delta", delta: "夜市" },
      { type: "response.something_new", output_index: 0 },
      end("incomplete", { incomplete_details: { reason: "max_output_tokens" }, usage }),
    ),
    [],
    true,
  );
  const base = { id: "chatcmpl-1", created: 1, model: "gpt-6-sol", object: "chat.completion.chunk" };
  const chunk = (delta: object, finish_reason: string | null): object => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });
  assert.deepEqual(all, [
    chunk({ role: "assistant", content: "" }, null),
    chunk({ content: "夜市" }, null),
    chunk({}, "length"),
    {
      ...base,
      choices: [],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    },
  ]);
});

test("custom calls and refusals have their own deltas; arguments that came without deltas come at the end", async () => {
  const custom = { type: "custom_tool_call", call_id: "c", name: "g", input: "" };
  const called = { type: "function_call", call_id: "d", name: "f", arguments: "" };
  const all = await read(
    stream(
      CREATED,
      { type: "response.refusal.delta", delta: "No." },
      { type: "response.output_item.added", output_index: 1, item: custom },
      { type: "response.custom_tool_call_input.delta", output_index: 1, delta: "x" },
      { type: "response.output_item.done", output_index: 1, item: { ...custom, input: "xy" } },
      { type: "response.output_item.added", output_index: 2, item: called },
      { type: "response.output_item.done", output_index: 2, item: { ...called, arguments: "{}" } },
      end("completed"),
    ),
  );
  assert.deepEqual(
    all.slice(1).map(({ choices }) => choices[0]?.delta),
    [
      { refusal: "No." },
      { tool_calls: [{ index: 0, id: "c", type: "custom", custom: { name: "g", input: "" } }] },
      { tool_calls: [{ index: 0, custom: { input: "x" } }] },
      { tool_calls: [{ index: 0, custom: { input: "y" } }] },
      { tool_calls: [{ index: 1, id: "d", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 1, function: { arguments: "{}" } }] },
      {},
    ],
  );
  assert.equal(all.at(-1)?.choices[0]?.finish_reason, "tool_calls");
});

test("a failure in the stream is an error with its own status, and so is a stream that ends early", async () => {
  const text = { type: "response.output_text.delta", delta: "Hi" };
  const failed = end("failed", { error: { code: "rate_limit_exceeded", message: "Slow down." } });
  await assert.rejects(read(stream(CREATED, failed)), { status: 429 });
  await assert.rejects(read(stream({ type: "error", code: "server_error", message: "Oh." })), { status: 500 });
  await assert.rejects(read(stream({ type: "error", error: { code: "invalid_prompt", message: "Oh." } })), {
    status: 400,
  });
  await assert.rejects(read(stream(CREATED, text)), { status: 502, code: "upstream_incomplete" });
  await assert.rejects(read(Buffer.from("data: {\n\n")), { status: 502, code: "upstream_unreadable" });
  await assert.rejects(read(stream(text)), { status: 502, code: "upstream_unreadable" });
});
