import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { eachChunk } from "../../../test/each-chunk.ts";
import { readCompletion, readStream } from "../../../test/recorded.ts";
import { ApiError } from "../../api/error.ts";
import type { AnswerContext } from "../http-provider.ts";
import { functionNames } from "./names.ts";
import type { Plan } from "./request.ts";
import { completion } from "./response.ts";
import { chunks } from "./stream.ts";

const PLAN: Plan = { names: functionNames([]), oneCall: false };

function context(plan: Partial<Plan> = {}, withUsage = false): AnswerContext<Plan> {
  return {
    model: "gemini-3-flash",
    plan: { ...PLAN, ...plan },
    withUsage,
    keep: () => undefined,
    onSkipped: () => undefined,
    failure: (status, body) => new ApiError(status, "api_error", body),
  };
}

function sse(events: readonly object[], end = "\r\n\r\n"): Buffer {
  return Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}${end}`).join(""));
}

async function* cut(bytes: Buffer, borders: readonly number[] = []): AsyncGenerator<Buffer> {
  const sorted = [0, ...borders.map((border) => border % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (let i = 1; i < sorted.length; i++) yield bytes.subarray(sorted[i - 1], sorted[i]);
}

function piece(parts: readonly object[], more: object = {}): object {
  return { candidates: [{ content: { role: "model", parts }, ...more }], responseId: "r1", modelVersion: "gemini-x" };
}

const STOP = { finishReason: "STOP" };
const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 5, thoughtsTokenCount: 2, totalTokenCount: 10 };

describe("a stream", () => {
  test("is role, thoughts, text, calls, reason and usage, all under one id", async () => {
    const events = [
      { ...piece([{ text: "Hm", thought: true }]), usageMetadata: { promptTokenCount: 3 } },
      piece([{ text: "夜" }, { text: "市" }]),
      piece([
        { functionCall: { id: "a", name: "f", args: { x: 1 } }, thoughtSignature: "c2ln" },
        { functionCall: { id: "b", name: "g" } },
      ]),
      { ...piece([{ text: "" }], STOP), usageMetadata },
    ];
    const all = await Array.fromAsync(eachChunk(chunks(cut(sse(events)), context({}, true))));
    const signed = { extra_content: { google: { thought_signature: "c2ln" } } };
    assert.deepEqual(
      all.map(({ choices: [choice] }) => choice && [choice.delta, choice.finish_reason]),
      [
        [{ role: "assistant", content: "" }, null],
        [{ reasoning_content: "Hm" }, null],
        [{ content: "夜市" }, null],
        [
          {
            tool_calls: [
              { index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' }, ...signed },
            ],
          },
          null,
        ],
        [{ tool_calls: [{ index: 1, id: "b", type: "function", function: { name: "g", arguments: "{}" } }] }, null],
        [{}, "tool_calls"],
        undefined,
      ],
    );
    assert.deepEqual(all.at(-1)?.usage, {
      prompt_tokens: 3,
      completion_tokens: 7,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 2 },
    });
    assert.ok(all.slice(0, -1).every(({ usage }) => usage === null));
    assert.deepEqual([...new Set(all.map(({ id, model }) => `${id} ${model}`))], ["chatcmpl-r1 gemini-x"]);
  });

  test("of a blocked prompt is empty, and says so", async () => {
    const body = cut(sse([{ promptFeedback: { blockReason: "SAFETY" }, modelVersion: "gemini-x" }]));
    const answer = await readStream(chunks(body, context()));
    assert.deepEqual([answer.content, answer.finishReason], ["", "content_filter"]);
  });

  test("that is cut, empty or gives up is an error", async () => {
    const read = (events: readonly object[]) => Array.fromAsync(chunks(cut(sse(events)), context()));
    await assert.rejects(read([]), { status: 502, code: "upstream_incomplete" });
    await assert.rejects(read([piece([{ text: "Half an" }])]), { status: 502, code: "upstream_incomplete" });
    const gaveUp = piece([], { finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "Bad call" });
    await assert.rejects(read([gaveUp]), { status: 502, message: "Gemini gave no answer: Bad call" });
    await assert.rejects(read([{ error: { code: 503, message: "overloaded" } }]), { status: 503 });
    await assert.rejects(Array.fromAsync(chunks(cut(Buffer.from("data: {oops\n\n")), context())), {
      code: "upstream_unreadable",
    });
  });

  test("shows pictures, sources, and the signature of a text", async () => {
    const groundingMetadata = { webSearchQueries: ["q"] };
    const events = [
      piece([{ inlineData: { mimeType: "image/png", data: "QUJD" } }]),
      piece([{ text: "", thoughtSignature: "c2ln" }], { groundingMetadata, ...STOP }),
    ];
    const all = await Array.fromAsync(eachChunk(chunks(cut(sse(events)), context())));
    assert.deepEqual(
      all.map(({ choices: [choice] }) => choice?.delta),
      [
        { role: "assistant", content: "" },
        { images: [{ type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } }] },
        { extra_content: { google: { thought_signature: "c2ln", grounding_metadata: groundingMetadata } } },
        {},
      ],
    );
  });

  test("holds a text back that must be checked as JSON, and takes it out of its fence", async () => {
    const checked = { type: "object", required: ["a"], properties: { a: { type: "number" } } };
    const read = (text: string) => {
      const events = [piece([{ text: text.slice(0, 4) }]), piece([{ text: text.slice(4) }], STOP)];
      return readStream(chunks(cut(sse(events)), context({ checked })));
    };
    assert.equal((await read('```json\n{"a":1}\n```')).content, '{"a":1}');
    await assert.rejects(read('{"b":1}'), { status: 502, code: "response_format_violated" });
  });

  test("keeps only the first call where calls may not be parallel", async () => {
    const call = (name: string) => ({ functionCall: { name, args: {} } });
    const events = [piece([call("one"), call("two")]), piece([call("three")], STOP)];
    const answer = await readStream(chunks(cut(sse(events)), context({ oneCall: true })));
    assert.deepEqual(
      answer.toolCalls.map(({ name }) => name),
      ["one"],
    );
  });
});

const part = fc.oneof(
  fc.record({ text: fc.string({ unit: "binary" }) }),
  fc.record({ text: fc.string(), thought: fc.constant(true) }),
  fc.record({ text: fc.string(), thoughtSignature: fc.base64String({ minLength: 4 }) }),
  fc.record({
    functionCall: fc.record({
      id: fc.uuid(),
      name: fc.stringMatching(/^[a-z_]{1,9}$/),
      args: fc.dictionary(fc.string(), fc.jsonValue()),
    }),
  }),
  fc.constant({}),
);
const reason = fc.constantFrom("STOP", "MAX_TOKENS", "SAFETY", "OTHER", "FAKE_NEW_REASON");

test("a stream folds to the whole answer of the same parts, wherever it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(part, { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
      reason,
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.constantFrom("\n\n", "\r\n\r\n", "\r\r"),
      async (pieces, finishReason, borders, end) => {
        const last = { ...piece([], { finishReason }), usageMetadata };
        const bytes = sse([...pieces.map((parts) => piece(parts)), last], end);
        const streamed = () => readStream(chunks(cut(bytes, borders), context()));
        const whole = { ...piece(pieces.flat(), { finishReason }), usageMetadata };
        let expected: ReturnType<typeof readCompletion>;
        try {
          expected = readCompletion(completion(whole, context()));
        } catch (thrown) {
          await assert.rejects(streamed, { message: (thrown as Error).message });
          return;
        }
        assert.deepEqual(await streamed(), expected);
      },
    ),
    { numRuns: 300 },
  );
});
