import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { eachChunk } from "../../../test/each-chunk.ts";
import type { ChatCompletionChunk, Delta } from "../../api/chat.ts";
import type { ApiError } from "../../api/error.ts";
import { Json } from "../../api/json.ts";
import { type Answer, watchAnswers } from "./answers.ts";
import { finishReason } from "./completion.ts";
import { error } from "./error.ts";
import { chunks } from "./stream.ts";

async function* cutAt(bytes: Buffer, borders: readonly number[]): AsyncGenerator<Buffer> {
  const sorted = [0, ...borders.map((border) => border % bytes.length).toSorted((a, b) => a - b), bytes.length];
  for (let i = 1; i < sorted.length; i++) yield bytes.subarray(sorted[i - 1], sorted[i]);
}

async function read(bytes: Buffer, borders: readonly number[] = []): Promise<ChatCompletionChunk[]> {
  const failure = (status: number, text: string): ApiError => error("Recorded", [], status, text);
  const options = { title: "Recorded", withUsage: true, failure, onSkipped: () => undefined };
  return Array.fromAsync(eachChunk(chunks(cutAt(bytes, borders), options)));
}

test("recorded streams read the same wherever they are cut", async () => {
  for (const folder of ["../deepseek/fixtures/", "../openai/fixtures/"].map((path) => new URL(path, import.meta.url))) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".sse"))) {
      const bytes = readFileSync(new URL(file, folder));
      const whole = await read(bytes).catch(String); // an error is read the same, too
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(), { maxLength: 30 }), async (borders) => {
          assert.deepEqual(await read(bytes, borders).catch(String), whole);
        }),
        { numRuns: 5 },
      );
    }
  }
});

test("tool calls that are no list make a stream unreadable, whatever else they are", async () => {
  for (const tool_calls of [0, false, 5, {}]) {
    const event = { choices: [{ index: 0, delta: { tool_calls }, finish_reason: null }] };
    const bytes = Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
    await assert.rejects(read(bytes), { status: 502, code: "upstream_unreadable" }, JSON.stringify(tool_calls));
  }
});

test("an answer is shown when it is whole, before its end passes", async () => {
  const chunk = (index: number, delta: Delta, finish_reason: "stop" | "tool_calls" | null = null) =>
    Json.fromValue<ChatCompletionChunk>({
      id: "1",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index, delta, finish_reason }],
    });
  const source = async function* () {
    yield [chunk(0, { role: "assistant", content: "", reasoning_content: "Hm" })];
    yield [chunk(1, { content: "No" })];
    yield [
      chunk(0, {
        reasoning_content: ".",
        tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f" } }],
      }),
    ];
    yield [chunk(0, { tool_calls: [{ index: 0, function: { arguments: "{" } }] })];
    yield [chunk(0, { tool_calls: [{ index: 0, function: { arguments: "}" } }] })];
    yield [chunk(0, {}, "tool_calls")];
    yield [chunk(1, { content: "pe" }, "stop")];
  };
  const seen: (Answer | number)[] = [];
  let passed = 0;
  for await (const _ of watchAnswers(source(), (answer) => seen.push(passed, answer))) passed++;
  assert.deepEqual(seen, [
    5,
    {
      message: {
        content: null,
        reasoning_content: "Hm.",
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      finish_reason: "tool_calls",
    },
    6,
    { message: { content: "Nope" }, finish_reason: "stop" },
  ]);
});

test("a service that breaks its answer off for want of resources is one that may be asked again", () => {
  assert.throws(() => finishReason("insufficient_system_resource", false), {
    status: 503,
    code: "upstream_incomplete",
  });
  assert.throws(() => finishReason("network_error", false), { status: 502 });
});
