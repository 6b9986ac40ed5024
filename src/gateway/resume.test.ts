import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import { Json } from "../api/json.ts";
import type { Prefill } from "../providers/provider.ts";
import type { Attempt } from "./attempt.ts";
import type { Chunks } from "./first-content.ts";
import { restOf } from "./resume.ts";

const HEAD = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" } as const;
const BODY = Json.fromValue<ChatCompletionRequest>({ model: "m", messages: [{ role: "user", content: "go on" }] });

/** A stream of these contents, with the usage that its service would tell. */
async function* streamOf(contents: readonly string[], prompt_tokens: number): Chunks {
  yield [
    Json.fromValue({
      ...HEAD,
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    }),
  ];
  for (const content of contents) {
    yield [Json.fromValue({ ...HEAD, choices: [{ index: 0, delta: { content }, finish_reason: null }] })];
  }
  yield [Json.fromValue({ ...HEAD, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })];
  const completion_tokens = contents.length;
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  yield [Json.fromValue<ChatCompletionChunk>({ ...HEAD, choices: [], usage })];
}

interface Rest {
  readonly text: string;
  readonly usage: unknown;
  /** What the model was asked: the last message of each call. */
  readonly asked: readonly unknown[];
}

/** @param answers of each call, one after the other; an error is thrown. */
async function rest(
  told: string,
  prefill: Prefill | undefined,
  ...answers: readonly (readonly string[] | ApiError)[]
): Promise<Rest> {
  const target = { provider: { prefill: () => prefill }, model: "m", connection: { baseUrl: "http://x" } };
  const attempt = { target, clocks: { signal: new AbortController().signal } } as unknown as Attempt;
  const asked: unknown[] = [];
  const start = async (_: Attempt, { value }: typeof BODY): Promise<Chunks> => {
    const answer = answers[asked.length];
    asked.push(value.messages.at(-1)?.content);
    if (!answer || answer instanceof ApiError) throw answer;
    return streamOf(answer, value.messages.length === 1 ? 3 : 3 + told.split(" ").length);
  };
  const pieces = told.split(/(?<= )/).length;
  const chunks = await restOf({ head: HEAD, text: told, pieces }, attempt, BODY, start);
  const all = (await Array.fromAsync(chunks)).flat().map(({ value }) => value);
  return {
    text: all.map(({ choices }) => choices[0]?.delta.content ?? "").join(""),
    usage: all.at(-1)?.usage,
    asked,
  };
}

test("a model that goes on with a beginning gives the rest, and its usage is that of the whole answer", async () => {
  assert.deepEqual(await rest("one two three", "continue", [" four", " five"]), {
    text: " four five",
    usage: { prompt_tokens: 2, completion_tokens: 6, total_tokens: 8 }, // thirteen bytes are taken for four tokens
    asked: ["one two three"],
  });
});

for (const [told, contents, text] of [
  ["one ", [" ", "two"], "two"],
  ["one ", [" two"], "two"],
  ["one ", ["two"], "two"],
  ["one\n\n", ["\n", "\n two"], " two"],
  ["one\n\n", ["\n", "two"], "two"],
] as const) {
  test(`${JSON.stringify(told)} is asked for without the space at its end, which ${JSON.stringify(contents)} does not double`, async () => {
    const heard = await rest(told, "continue", contents);
    assert.deepEqual([heard.text, heard.asked], [text, ["one"]]);
  });
}

test("a model that repeats the beginning gives the rest, too", async () => {
  const { text, asked } = await rest("one two ", "repeat", ["one", " two ", "three"]);
  assert.deepEqual([text, asked], ["three", ["one two"]]);
});

test("one that refuses the beginning gives the whole once more, whose usage stands", async () => {
  const refused = new ApiError(400, "invalid_request_error", "The last message must be the user's.");
  assert.deepEqual(await rest("one two", "continue", refused, ["one ", "two", " three"]), {
    text: " three",
    usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
    asked: ["one two", "go on"],
  });
});

test("a model of which nothing is known gives the whole once more, and another answer is an error", async () => {
  assert.equal((await rest("one two", undefined, ["one ", "two three"])).text, " three");
  await assert.rejects(rest("one two", undefined, ["one", " three"]), { status: 502, code: "stream_diverged" });
});
