import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { eachChunk } from "../../../test/each-chunk.ts";
import { recordedCases } from "../../../test/recorded.ts";
import type { ChatCompletionChunk, Delta } from "../../api/chat.ts";
import type { AnswerContext } from "../http-provider.ts";
import { refusal } from "../refusal.ts";
import { said } from "./error.ts";
import type { Plan } from "./request.ts";
import { completion } from "./response.ts";
import { chunks, collect } from "./stream.ts";

function context(fields: Partial<AnswerContext<Plan>> = {}): AnswerContext<Plan> {
  return {
    model: "claude",
    plan: { isAnswerTool: false },
    withUsage: false,
    keep: () => {},
    onSkipped: () => {},
    failure: (status, body) => {
      const { status: stated, ...rest } = said(body, {});
      return refusal("Anthropic", [], stated ?? status, rest);
    },
    ...fields,
  };
}

async function* reads(bytes: Buffer, borders: readonly number[] = []): AsyncGenerator<Buffer> {
  const cuts = [0, ...borders.map((border) => border % bytes.length).toSorted((a, b) => a - b), bytes.length];
  for (const [index, end] of cuts.slice(1).entries()) yield bytes.subarray(cuts[index], end);
}

function stream(...events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `event: x\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join(""));
}

async function read(bytes: Buffer, fields?: Partial<AnswerContext<Plan>>, borders?: readonly number[]) {
  return Array.fromAsync(eachChunk(chunks(reads(bytes, borders), context(fields))));
}

const START = {
  type: "message_start",
  message: { id: "msg_1", model: "claude-x", content: [], usage: { input_tokens: 5, output_tokens: 1 } },
};
const open = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block });
const grow = (index: number, delta: object) => ({ type: "content_block_delta", index, delta });
const close = (index: number) => ({ type: "content_block_stop", index });
const end = (stop_reason: string, usage: object = { output_tokens: 9 }) => [
  { type: "message_delta", delta: { stop_reason }, usage },
  { type: "message_stop" },
];
const tool = (name: string) => ({ type: "tool_use", id: `toolu_${name}`, name, input: {} });
const json = (partial_json: string) => ({ type: "input_json_delta", partial_json });

const deltas = (all: readonly ChatCompletionChunk[]): readonly Delta[] =>
  all.flatMap(({ choices }) => choices.map(({ delta }) => delta));

describe("stream", () => {
  test("role, thoughts, text, calls by our own count, finish reason, usage", async () => {
    const thinking = { type: "thinking", thinking: "hm", signature: "s" };
    const kept: unknown[] = [];
    const all = await read(
      stream(
        START,
        { type: "ping" },
        open(0, { type: "thinking", thinking: "", signature: "" }),
        grow(0, { type: "thinking_delta", thinking: "hm" }),
        grow(0, { type: "signature_delta", signature: "s" }),
        close(0),
        open(1, { type: "text", text: "A" }),
        grow(1, { type: "text_delta", text: "B" }),
        grow(1, { type: "news_delta", news: "?" }),
        close(1),
        open(2, tool("f")),
        grow(2, json("")),
        grow(2, json('{"x":')),
        grow(2, json("1}")),
        close(2),
        open(3, tool("g")),
        grow(3, json("")),
        close(3),
        ...end("tool_use", { output_tokens: 9, cache_read_input_tokens: 3, input_tokens: null }),
      ),
      { withUsage: true, keep: (id, state) => kept.push([id, state]) },
    );

    assert.deepEqual(deltas(all), [
      { role: "assistant", content: "" },
      { reasoning_content: "hm" },
      { thinking_blocks: [thinking] },
      { content: "A" },
      { content: "B" },
      { tool_calls: [{ index: 0, id: "toolu_f", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: "1}" } }] },
      { tool_calls: [{ index: 1, id: "toolu_g", type: "function", function: { name: "g", arguments: "" } }] },
      { tool_calls: [{ index: 1, function: { arguments: "{}" } }] },
      {},
    ]);
    const { id, created, model } = all[0]!;
    assert.deepEqual([id, model], ["chatcmpl-msg_1", "claude-x"]);
    assert.ok(all.every((chunk) => chunk.id === id && chunk.created === created && chunk.model === model));
    assert.deepEqual(
      all.flatMap(({ choices }) => choices.map(({ finish_reason }) => finish_reason)),
      [...Array.from({ length: 10 }, () => null), "tool_calls"],
    );
    assert.ok(all.slice(0, -1).every(({ usage }) => usage === null));
    assert.deepEqual(all.at(-1), {
      id,
      object: "chat.completion.chunk",
      created,
      model,
      choices: [],
      usage: {
        prompt_tokens: 8,
        completion_tokens: 9,
        total_tokens: 17,
        prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
      },
    });
    assert.deepEqual(kept, [
      [
        "toolu_f",
        [thinking, { type: "text", text: "AB" }, { ...tool("f"), input: { x: 1 } }, { ...tool("g"), input: {} }],
      ],
    ]);
  });

  test("the arguments of the answer's tool are the content", async () => {
    const bytes = stream(START, open(0, tool("answer_in_json")), grow(0, json('{"a":')), grow(0, json("1}")), close(0));
    const whole = Buffer.concat([bytes, stream(...end("tool_use"))]);
    const all = await read(whole, { plan: { isAnswerTool: true } });
    assert.deepEqual(deltas(all), [{ role: "assistant", content: "" }, { content: '{"a":' }, { content: "1}" }, {}]);
    assert.equal(all.at(-2)?.choices[0]?.finish_reason, "stop");
    const asked = context({ plan: { isAnswerTool: true } });
    const [choice] = completion(await collect(reads(whole), asked), asked).choices;
    assert.equal(choice?.message.content, '{"a":1}');
    assert.equal(choice.finish_reason, "stop");
  });

  test("a stream without its end is an error", async () => {
    const cut = stream(START, open(0, { type: "text", text: "" }), grow(0, { type: "text_delta", text: "Hal" }));
    await assert.rejects(read(cut), { status: 502, code: "upstream_incomplete" });
    await assert.rejects(read(Buffer.alloc(0)), { status: 502, code: "upstream_incomplete" });
    await assert.rejects(collect(reads(cut), context()), { status: 502 });
  });

  test("an error among the events is thrown with its own status, and what is no JSON as unreadable", async () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    await assert.rejects(read(stream(error)), { status: 503, code: "overloaded", message: "Overloaded" });
    await assert.rejects(read(stream(START, error)), { status: 503 });
    await assert.rejects(read(Buffer.from("data: <html>\n\n")), { status: 502, code: "upstream_unreadable" });
    assert.throws(() => completion(error, context()), { status: 503 });
  });

  const recordings = recordedCases(new URL("fixtures/", import.meta.url)).filter(({ stream }) => stream);
  for (const recorded of recordings.filter(({ features }) => !features.includes("stream_error"))) {
    test(`${recorded.case}: any cut gives the same answer, and so does the answer put together whole`, async () => {
      const uncut = folded(await read(recorded.bytes));
      const borders = fc.array(fc.nat(recorded.bytes.length), { maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(borders, async (cuts) => {
          assert.deepEqual(folded(await read(recorded.bytes, {}, cuts)), uncut);
        }),
        { numRuns: 5 },
      );
      if (isSpliced(recorded.bytes)) return;
      const { choices, usage } = completion(await collect(reads(recorded.bytes), context()), context());
      const { content, tool_calls = [], reasoning_content = "", thinking_blocks = [] } = choices[0]!.message;
      assert.deepEqual(
        { content: content ?? "", reasoning_content, thinking_blocks, calls: tool_calls.map(plainCall), usage },
        { ...uncut, calls: uncut.calls.map(plainCall) },
      );
    });
  }
});

function isSpliced(bytes: Buffer): boolean {
  return bytes.toString().split(/"type": ?"message_start"/).length > 2;
}

interface FoldedCall {
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

function plainCall(call: FoldedCall): object {
  const { name, arguments: text = "" } = call.function ?? {};
  return { id: call.id, name, arguments: value(text) };
}

function value(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function folded(all: readonly ChatCompletionChunk[]) {
  const parts = deltas(all);
  const calls: { id: string; function: { name: string; arguments: string } }[] = [];
  for (const piece of parts.flatMap(({ tool_calls = [] }) => tool_calls)) {
    const call = (calls[piece.index] ??= {
      id: piece.id ?? "",
      function: { name: piece.function?.name ?? "", arguments: "" },
    });
    call.function.arguments += piece.function?.arguments ?? "";
  }
  return {
    content: parts.map(({ content }) => content ?? "").join(""),
    reasoning_content: parts.map(({ reasoning_content }) => reasoning_content ?? "").join(""),
    thinking_blocks: parts.flatMap(({ thinking_blocks }) => (thinking_blocks as readonly unknown[] | undefined) ?? []),
    calls,
    usage: all.at(-1)?.usage,
  };
}
