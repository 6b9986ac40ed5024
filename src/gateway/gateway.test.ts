import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import { ApiError, upstreamBroke } from "../api/error.ts";
import { Json } from "../api/json.ts";
import { createReceipt } from "../api/receipt.ts";
import { createTrail } from "../api/trail.ts";
import type { Provider } from "../providers/provider.ts";
import type { CallRecord } from "../telemetry/record.ts";
import { createAttempts } from "./attempt.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { createHealth } from "./health.ts";
import { NO_LIMIT } from "./limit.ts";
import type { Caller } from "./meter.ts";
import type { Models, Target } from "./model.ts";
import { createRetryBudget } from "./retry-budget.ts";

const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
const answer = { choices: [{ index: 0, finish_reason: "stop" }], usage } as unknown as ChatCompletion;

function target(name: string, chats: Pick<Provider, "chat" | "chatStream">): Target {
  const provider = { name, title: name, ...chats } as unknown as Provider;
  const upstream = { send: () => Promise.reject(new Error("no network here")), close: async () => undefined };
  const connection = { baseUrl: "http://x", key: undefined, headers: {}, options: {}, upstream };
  return { name: `${name}/m`, provider, model: "m", connection, keyIndex: 0, timeouts: {} };
}

const fails: Pick<Provider, "chat" | "chatStream"> = {
  chat: () => Promise.reject(new ApiError(429, "rate_limit_error", "slow down", { code: "rate_limit_exceeded" })),
  chatStream: async () => chunksOf("half", upstreamBroke("fails")),
};
const answers: Pick<Provider, "chat" | "chatStream"> = {
  chat: async () => Json.fromValue(answer),
  chatStream: async () => chunksOf("half and half"),
};

async function* chunksOf(content: string, end?: ApiError): AsyncGenerator<Json<ChatCompletionChunk>> {
  const head = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" } as const;
  yield Json.fromValue({ ...head, choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  if (end) throw end;
  yield Json.fromValue({ ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  yield Json.fromValue({ ...head, choices: [], usage });
}

function start(targets: readonly Target[]): { readonly gateway: Gateway; readonly records: readonly CallRecord[] } {
  const records: CallRecord[] = [];
  const health = createHealth();
  const policy = { retries: 0, maxWaitMs: 0, rerouteRefusals: false };
  const gateway = createGateway({
    models: { route: () => ({ targets }) } as unknown as Models,
    attempts: createAttempts({ policy, health, budget: createRetryBudget() }),
    health,
    limit: NO_LIMIT,
    onStreamBreak: "resume",
    toolState: { load: async () => new Map(), save: () => undefined },
    record: (record) => void records.push(record),
  });
  return { gateway, records };
}

function caller(): Caller {
  const { signal } = new AbortController();
  return { requestId: "r", receipt: createReceipt(false), trail: createTrail(), fallbacks: [], signal };
}

const body = Json.fromValue<ChatCompletionRequest>({ model: "wanted", messages: [{ role: "user", content: "hi" }] });

/** The one record, without what depends on the clock. */
function only(records: readonly CallRecord[]): object {
  assert.equal(records.length, 1);
  return JSON.parse(
    JSON.stringify(records[0], (key, value: unknown) => (key.endsWith("Ms") ? undefined : value)),
  ) as object;
}

test("a call that went to a fallback leaves one record, with both attempts and the tokens of the one that answered", async () => {
  const { gateway, records } = start([target("fails", fails), target("answers", answers)]);
  await gateway.chat(body, caller());
  assert.deepEqual(only(records), {
    requestId: "r",
    operation: "chat",
    stream: false,
    model: "wanted",
    provider: "answers",
    providerModel: "m",
    outcome: "complete",
    finishReason: "stop",
    promptTokens: 3,
    completionTokens: 5,
    attempts: [
      { target: "fails/m", outcome: "rate_limit_exceeded", status: 429 },
      { target: "answers/m", outcome: "ok", promptTokens: 3, completionTokens: 5 },
    ],
  });
});

test("a stream that broke and was gone on with leaves one record, in which the broken attempt is no answer", async () => {
  const { gateway, records } = start([target("fails", fails), target("answers", answers)]);
  const chunks = await Array.fromAsync(await gateway.chatStream(body, caller()));
  assert.equal(chunks.map(({ value }) => value.choices[0]?.delta.content ?? "").join(""), "half and half");
  assert.deepEqual(only(records), {
    requestId: "r",
    operation: "chat",
    stream: true,
    model: "wanted",
    provider: "answers",
    providerModel: "m",
    outcome: "complete",
    finishReason: "stop",
    promptTokens: 3,
    completionTokens: 5,
    attempts: [
      { target: "fails/m", outcome: "upstream_incomplete", status: 502 },
      { target: "answers/m", outcome: "ok", promptTokens: 3, completionTokens: 5 },
    ],
  });
});

test("after all calls nothing is counted as running", async () => {
  const { gateway } = start([target("fails", fails), target("answers", answers)]);
  await gateway.chat(body, caller());
  await Array.fromAsync(await gateway.chatStream(body, caller()));
  const left = await gateway.chatStream(body, caller());
  for await (const _ of left) break;
  assert.deepEqual(
    gateway.health().targets.map(({ target, running }) => [target, running]),
    [
      ["answers/m", 0],
      ["fails/m", 0],
    ],
  );
});

test("a fault of our own is no reason to ask anybody else", async () => {
  const broken = { ...fails, chat: () => Promise.reject(new TypeError("oops")) };
  const { gateway, records } = start([target("broken", broken), target("answers", answers)]);
  await assert.rejects(gateway.chat(body, caller()), TypeError);
  assert.equal(records[0]?.errorStatus, 500);
});
