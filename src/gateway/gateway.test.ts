import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatCompletion, ChatCompletionRequest } from "../api/chat.ts";
import { ApiError, upstreamBroke } from "../api/error.ts";
import { Json } from "../api/json.ts";
import { createReceipt } from "../api/receipt.ts";
import type { RerankRequest } from "../api/rerank.ts";
import { createTrail } from "../api/trail.ts";
import type { Provider } from "../providers/provider.ts";
import type { CallRecord } from "../telemetry/record.ts";
import { createAttempts } from "./attempt.ts";
import type { Batch } from "./first-content.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { createHealth } from "./health.ts";
import { NO_LIMITS } from "./limits.ts";
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

async function* chunksOf(content: string, end?: ApiError): AsyncGenerator<Batch> {
  const head = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" } as const;
  yield [Json.fromValue({ ...head, choices: [{ index: 0, delta: { content }, finish_reason: null }] })];
  if (end) throw end;
  yield [Json.fromValue({ ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })];
  yield [Json.fromValue({ ...head, choices: [], usage })];
}

function start(targets: readonly Target[]): { readonly gateway: Gateway; readonly records: readonly CallRecord[] } {
  const records: CallRecord[] = [];
  const health = createHealth();
  const policy = { retries: 0, maxWaitMs: 0, rerouteRefusals: false };
  const gateway = createGateway({
    models: { route: () => ({ targets }) } as unknown as Models,
    attempts: createAttempts({ policy, health, budget: createRetryBudget(), limits: NO_LIMITS }),
    health,
    limits: NO_LIMITS,
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

const withUsage = Json.fromValue<ChatCompletionRequest>({ ...body.value, stream_options: { include_usage: true } });

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
  const chunks = (await Array.fromAsync(await gateway.chatStream(body, caller()))).flat();
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

test("of a stream that was gone on with by its beginning, the usage is the whole answer's, and each attempt has its own", async () => {
  const rest = { ...answers, chatStream: async () => chunksOf(" and half") };
  const willing = target("answers", rest);
  const provider: Provider = { ...willing.provider, prefill: () => "continue" };
  const { gateway, records } = start([target("fails", fails), { ...willing, provider }]);
  const chunks = (await Array.fromAsync(await gateway.chatStream(withUsage, caller()))).flat();
  assert.equal(chunks.map(({ value }) => value.choices[0]?.delta.content ?? "").join(""), "half and half");
  assert.deepEqual(chunks.at(-1)?.value.usage, { prompt_tokens: 2, completion_tokens: 6, total_tokens: 8 });
  assert.equal(records.length, 1);
  const { promptTokens, completionTokens, attempts } = records[0] ?? {};
  assert.deepEqual([promptTokens, completionTokens], [2, 6]);
  assert.deepEqual(
    attempts?.map((one) => [one.target, one.outcome, one.promptTokens, one.completionTokens]),
    [
      ["fails/m", "upstream_incomplete", undefined, undefined],
      ["answers/m", "ok", 3, 5],
    ],
  );
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

test("a ranking goes past providers that have none, and its tokens are the total where nothing else is told", async () => {
  const ranking = { results: [{ index: 0, relevance_score: 1 }], usage: { total_tokens: 7 } };
  const ranks = { ...answers, rerank: async () => Json.fromValue(ranking) };
  const { gateway, records } = start([target("talker", answers), target("ranker", ranks)]);
  const asked = Json.fromValue<RerankRequest>({ model: "wanted", query: "q", documents: ["d"] });
  assert.deepEqual((await gateway.rerank(asked, caller())).value, ranking);
  assert.deepEqual(only(records), {
    requestId: "r",
    operation: "rerank",
    stream: false,
    model: "wanted",
    provider: "ranker",
    providerModel: "m",
    promptTokens: 7,
    outcome: "complete",
    attempts: [
      { target: "talker/m", outcome: "model_not_found", status: 400 },
      { target: "ranker/m", outcome: "ok", promptTokens: 7 },
    ],
  });
});
