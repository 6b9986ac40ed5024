import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { eachChunk } from "../../../test/each-chunk.ts";
import type { AssistantMessage, ChatCompletionChunk } from "../../api/chat.ts";
import { refusal } from "../refusal.ts";
import type { AnswerContext } from "../http-provider.ts";
import { said } from "./error.ts";
import type { Plan } from "./request.ts";
import { completion } from "./response.ts";
import { chunks } from "./stream.ts";

const PLAN: Plan = { splitsThoughts: true, stop: [], oneCall: false };

function contextOf(plan: Partial<Plan> = {}): AnswerContext<Plan> {
  return {
    model: "MiniMax-M2.7",
    plan: { ...PLAN, ...plan },
    withUsage: false,
    keep: () => undefined,
    onSkipped: () => undefined,
    failure: (status, body) => {
      const { status: stated, ...words } = said(body);
      return refusal("MiniMax", ["key"], stated ?? status, words);
    },
  };
}

async function* cutAt(bytes: Buffer, borders: readonly number[]): AsyncGenerator<Buffer> {
  const sorted = [0, ...borders.map((border) => border % bytes.length).toSorted((a, b) => a - b), bytes.length];
  for (let i = 1; i < sorted.length; i++) yield bytes.subarray(sorted[i - 1], sorted[i]);
}

function read(
  bytes: Buffer,
  plan: Partial<Plan> = {},
  borders: readonly number[] = [],
): Promise<ChatCompletionChunk[]> {
  return Array.fromAsync(eachChunk(chunks(cutAt(bytes, borders), contextOf(plan))));
}

function stream(...events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `data: ${JSON.stringify({ id: "1", ...event })}\n\n`).join(""));
}

function piece(delta: object, finish_reason?: string): object {
  return { created: 1, model: "MiniMax-M2.7", choices: [{ index: 0, delta: { role: "", ...delta }, finish_reason }] };
}

/** The message that the chunks make, and how it ended. */
function fold(all: readonly ChatCompletionChunk[]): { message: Partial<AssistantMessage>; finish: unknown } {
  const deltas = all.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  const calls = deltas.flatMap((delta) => delta.tool_calls ?? []);
  const byIndex = Map.groupBy(calls, ({ index }) => index);
  const tool_calls = [...byIndex.values()].map(([first, ...rest]) => ({
    id: first?.id ?? "",
    type: "function",
    function: {
      name: first?.function?.name ?? "",
      arguments: [first, ...rest].map((call) => call?.function?.arguments ?? "").join(""),
    },
  }));
  const content = deltas.map((delta) => delta.content ?? "").join("");
  const reasoning_content = deltas.map((delta) => delta.reasoning_content ?? "").join("");
  return {
    message: {
      role: "assistant",
      content: content === "" && tool_calls.length > 0 ? null : content,
      refusal: null,
      ...(reasoning_content !== "" && { reasoning_content }),
      ...(tool_calls.length > 0 && { tool_calls }),
    },
    finish: all.findLast(({ choices }) => choices.length > 0)?.choices[0]?.finish_reason,
  };
}

test("recorded streams read the same wherever they are cut", async () => {
  const folder = new URL("fixtures/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".sse"))) {
    const bytes = readFileSync(new URL(file, folder));
    const whole = await read(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 30 }), async (borders) => {
        assert.deepEqual(await read(bytes, {}, borders), whole);
      }),
      { numRuns: 30 },
    );
  }
});

describe("a stream folds to what the whole answer reads as", () => {
  const plan = fc.record({
    splitsThoughts: fc.boolean(),
    oneCall: fc.boolean(),
    stop: fc.constantFrom([], ["</"], ["b c"], ["think"]),
  });
  const words = fc.array(
    fc.constantFrom("<think>", "</think>", "</mm:think>", "\n", " a", "b", " c", "</", "夜市 🌃"),
    { maxLength: 12 },
  );
  const calls = fc.array(fc.constantFrom("", "{}", '{"city":"臺北"}'), { maxLength: 3 });

  test("whatever it says and however it is cut into pieces", async () => {
    await fc.assert(
      fc.asyncProperty(plan, words, calls, fc.boolean(), fc.boolean(), async (how, pieces, texts, repeats, apart) => {
        const tool_calls = texts.map((text, i) => ({ id: `call_${i}`, function: { name: "f", arguments: text } }));
        const thought = apart ? { reasoning_content: "Hm." } : {};
        const message = { content: pieces.join(""), ...thought, ...(texts.length > 0 && { tool_calls }) };
        const finish_reason = texts.length > 0 ? "tool_calls" : "stop";
        const usage = { total_tokens: 3, prompt_tokens: 1, completion_tokens: 2 };
        const reply = { id: "1", created: 1, model: "M", choices: [{ index: 0, message, finish_reason }], usage };
        const whole = completion(reply, contextOf(how));
        const end = repeats ? [{ ...reply, object: "chat.completion" }] : [{ choices: [], usage }];
        const all = await read(
          stream(
            piece({ ...thought, content: "" }),
            ...pieces.map((content) => piece({ content })),
            ...tool_calls.flatMap((call, index) => [
              piece({ tool_calls: [{ index, ...call, function: { name: "f", arguments: "" } }] }),
              piece({ tool_calls: [{ index, function: { arguments: call.function.arguments } }] }),
            ]),
            piece({ content: "" }, finish_reason),
            ...end,
          ),
          how,
        );
        const { message: expected, finish_reason: expectedFinish } = whole.choices[0]!;
        assert.deepEqual(fold(all), { message: expected, finish: expectedFinish });
        assert.deepEqual(all.at(-1)?.usage, whole.usage);
      }),
      { numRuns: 300 },
    );
  });
});

test("the role comes first and once, the finish reason alone, the usage alone", async () => {
  const all = await read(
    stream(piece({ content: "Hi" }), piece({ content: " there" }, "stop"), {
      choices: [],
      usage: { total_tokens: 5, completion_tokens: 2 },
    }),
  );
  const base = { id: "chatcmpl-1", created: 1, model: "MiniMax-M2.7", object: "chat.completion.chunk" };
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  assert.deepEqual(all, [
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "Hi" }),
    chunk({ content: " there" }),
    chunk({}, "stop"),
    {
      ...base,
      choices: [],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    },
  ]);
});

test("pieces that repeat all that came before say only what is new", async () => {
  const all = await read(
    stream(
      piece({ content: "One two three" }),
      piece({ content: "One two three four" }),
      piece({ content: "One two three four." }, "stop"),
    ),
  );
  assert.equal(fold(all).message.content, "One two three four.");
});

test("JSON that was promised is shown when it is checked, without its fence", async () => {
  const schema = { type: "object", properties: { a: { type: "number" } }, required: ["a"] };
  const fenced = await read(stream(piece({ content: '```json\n{"a"' }), piece({ content: ":1}\n```" }, "stop")), {
    schema,
  });
  assert.deepEqual(
    fenced.map(({ choices }) => choices[0]?.delta),
    [{ role: "assistant", content: "" }, { content: '{"a":1}' }, {}],
  );
  await assert.rejects(read(stream(piece({ content: "No." }, "stop")), { schema }), {
    code: "response_format_violated",
  });
  assert.equal(fold(await read(stream(piece({ content: '{"a"' }, "length")), { schema })).message.content, '{"a"');
});

test("errors with status 200 are errors, before and within a stream, or in its place", async () => {
  const error = { base_resp: { status_code: 1002, status_msg: "rate limit" } };
  await assert.rejects(read(stream(error)), { status: 429 });
  await assert.rejects(read(stream(piece({ content: "Hi" }), error)), { status: 429 });
  await assert.rejects(read(Buffer.from(` ${JSON.stringify(error)}`), {}, [3, 9]), { status: 429 });
  await assert.rejects(read(stream({ choices: null, input_sensitive: true })), {
    status: 400,
    code: "content_policy_violation",
  });
  await assert.rejects(read(stream(piece({ content: "Hi" }))), { status: 502, code: "upstream_incomplete" });
  await assert.rejects(read(Buffer.from("")), { status: 502, code: "upstream_incomplete" });
  await assert.rejects(read(Buffer.from("data: {\n\n")), { status: 502, code: "upstream_unreadable" });
});

test("an answer that is kept back half-way ends in `content_filter`; one that is kept back whole is an error", async () => {
  const keptBack = { base_resp: { status_code: 1027, status_msg: "output sensitive" } };
  assert.equal(fold(await read(stream(piece({ content: "Hi" }), keptBack))).finish, "content_filter");
  await assert.rejects(read(stream(keptBack)), { status: 400, code: "content_policy_violation" });
  const noticed = { ...piece({ content: "Hi" }, "stop"), output_sensitive: true };
  assert.equal(fold(await read(stream(noticed))).finish, "content_filter");
});
