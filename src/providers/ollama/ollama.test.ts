import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fakeVendor, type VendorAnswer } from "../../../test/fakes/vendor.ts";
import { upstreamTimeout, upstreamUnreachable } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import type { UpstreamRequest } from "../../upstream/upstream.ts";
import { ollama } from "./index.ts";

const QUESTION = { messages: [{ role: "user", content: "Hello" }] };
const STREAMED = { ...QUESTION, stream: true, stream_options: { include_usage: true } };
const SHOWN = { capabilities: ["completion", "tools", "thinking"], model_info: {} };

const HEAD = { model: "qwen3", created_at: "2026-01-02T03:04:05.123456789Z" };
const END = { done: true, done_reason: "stop", prompt_eval_count: 20, eval_count: 5 };

function line(message: object, rest: object = {}): object {
  return { ...HEAD, message: { role: "assistant", content: "", ...message }, done: false, ...rest };
}

/** Answers `/api/show`, and the rest with these lines. */
function vendor(...lines: readonly object[]) {
  const body = lines.length === 1 ? lines[0] : lines.map((part) => JSON.stringify(part)).join("\n");
  return fakeVendor((path) => (path === "/api/show" ? { body: SHOWN } : { body }));
}

async function chunksOf(body: object, ...lines: readonly object[]) {
  const stream = await ollama.chatStream(vendor(...lines).call(body));
  return (await Array.fromAsync(stream)).flat().map(({ text }) => JSON.parse(text));
}

describe("a whole answer", () => {
  test("has OpenAI's fields, all of them", async () => {
    const reply = line({ content: "4", thinking: "2+2" }, { ...END, prompt_eval_cached_count: 15 });
    const { id, ...rest } = (await ollama.chat(vendor(reply).call(QUESTION))).value;
    assert.match(id, /^chatcmpl-\w{24}$/);
    assert.deepEqual(rest, {
      object: "chat.completion",
      created: 1767323045,
      model: "qwen3",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "4", refusal: null, reasoning_content: "2+2" },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 20,
        completion_tokens: 5,
        total_tokens: 25,
        prompt_tokens_details: { cached_tokens: 15 },
      },
    });
  });

  test("with tool calls has no content, ids of its own making, and arguments as text", async () => {
    const calls = [
      { function: { name: "a", arguments: { x: 1 } } },
      { id: "call_7", function: { name: "b", arguments: {} } },
    ];
    const answer = await ollama.chat(vendor(line({ tool_calls: calls }, END)).call(QUESTION));
    const [choice] = answer.value.choices;
    assert.equal(choice?.finish_reason, "tool_calls");
    assert.equal(choice?.message.content, null);
    const [first, second] = choice?.message.tool_calls ?? [];
    assert.match(first?.id ?? "", /^call_\w{24}$/);
    assert.deepEqual(first?.function, { name: "a", arguments: '{"x":1}' });
    assert.deepEqual(second, { id: "call_7", type: "function", function: { name: "b", arguments: "{}" } });
  });

  test("bears log probabilities with the bytes that OpenAI's have", async () => {
    const logprobs = [{ token: "é", logprob: -0.1, top_logprobs: [{ token: "e", logprob: -2, bytes: [101] }] }];
    const answer = await ollama.chat(
      vendor(line({ content: "é" }, { ...END, logprobs })).call({ ...QUESTION, logprobs: true, top_logprobs: 1 }),
    );
    assert.deepEqual(answer.value.choices[0]?.logprobs, {
      content: [
        { token: "é", logprob: -0.1, bytes: [195, 169], top_logprobs: [{ token: "e", logprob: -2, bytes: [101] }] },
      ],
      refusal: null,
    });
  });

  test("of a server that knows no log probabilities is a 400, unless they may be dropped", async () => {
    const asked = { ...QUESTION, logprobs: true };
    const reply = line({ content: "4" }, END);
    await assert.rejects(ollama.chat(vendor(reply).call(asked)), { status: 400, param: "logprobs" });
    const receipt = createReceipt(true);
    await ollama.chat(vendor(reply).call(asked, { receipt }));
    assert.equal(receipt.text(), "dropped=logprobs");
  });

  test("several answers are several calls", async () => {
    const answer = await ollama.chat(vendor(line({ content: "4" }, END)).call({ ...QUESTION, n: 3 }));
    assert.deepEqual(
      answer.value.choices.map(({ index }) => index),
      [0, 1, 2],
    );
    assert.equal(answer.value.usage?.total_tokens, 75);
  });
});

describe("a stream", () => {
  test("is role, deltas, finish reason, usage, with one head for all", async () => {
    const calls = [{ function: { name: "a", arguments: { x: 1 } } }];
    const chunks = await chunksOf(
      STREAMED,
      line({ thinking: "Hm" }),
      line({ content: "So" }),
      line({ tool_calls: calls }),
      line({ tool_calls: calls }),
      line({}, END),
    );
    const [{ id, choices: _, ...head }] = chunks;
    assert.ok(chunks.every((chunk) => chunk.id === id));
    assert.deepEqual(head, { object: "chat.completion.chunk", created: 1767323045, model: "qwen3", usage: null });
    const start = { type: "function", function: { name: "a", arguments: "" } };
    const ids = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls?.[0].id ?? []);
    assert.equal(new Set(ids).size, 2);
    assert.deepEqual(
      chunks.flatMap(({ choices }) => choices.map((choice: { delta: object }) => choice.delta)),
      [
        { role: "assistant", content: "" },
        { reasoning_content: "Hm" },
        { content: "So" },
        { tool_calls: [{ index: 0, id: ids[0], ...start }] },
        { tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] },
        { tool_calls: [{ index: 1, id: ids[1], ...start }] },
        { tool_calls: [{ index: 1, function: { arguments: '{"x":1}' } }] },
        {},
      ],
    );
    assert.equal(chunks.at(-2).choices[0].finish_reason, "tool_calls");
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.equal(chunks.at(-1).usage.total_tokens, 25);
  });

  test("bears no usage on its chunks but the last, where nobody asked for it", async () => {
    const chunks = await chunksOf({ ...QUESTION, stream: true }, line({ content: "4" }), line({}, END));
    assert.ok(chunks.slice(0, -1).every((chunk) => !("usage" in chunk)));
  });

  test("that ends without its last line is an error", async () => {
    await assert.rejects(chunksOf(STREAMED, line({ content: "4" }), line({ content: "5" })), {
      status: 502,
      code: "upstream_incomplete",
    });
  });

  test("that is an error from its first line on fails before its first chunk", async () => {
    const { call } = fakeVendor((path) => ({ body: path === "/api/show" ? SHOWN : { error: "out of memory" } }));
    const stream = await ollama.chatStream(call(STREAMED));
    await assert.rejects(stream[Symbol.asyncIterator]().next(), { status: 500, message: "out of memory" });
  });

  test("of a server without log probabilities fails before its first chunk", async () => {
    const { call } = vendor(line({ content: "4" }), line({}, END));
    const stream = await ollama.chatStream(call({ ...STREAMED, logprobs: true }));
    await assert.rejects(stream[Symbol.asyncIterator]().next(), { status: 400, param: "logprobs" });
  });

  test("whose server is garbled is an error", async () => {
    const { call } = fakeVendor((path) => ({ body: path === "/api/show" ? SHOWN : "<html>" }));
    const stream = await ollama.chatStream(call(STREAMED));
    await assert.rejects(Array.fromAsync(stream), { status: 502, code: "upstream_unreadable" });
  });
});

describe("a prompt that the server cut although it was told not to", () => {
  const long = Array.from({ length: 3000 }, (_, index) => `word${index}`).join(" ");
  const asked = { messages: [{ role: "user", content: long }], options: { num_ctx: 4096 } };
  const lines = [line({ content: "Yes" }), line({}, { ...END, prompt_eval_count: 900 })];

  test("is an error, whole or streamed", async () => {
    const expected = { status: 400, code: "context_length_exceeded" };
    await assert.rejects(
      ollama.chat(vendor(line({ content: "Yes" }, { ...END, prompt_eval_count: 900 })).call(asked)),
      expected,
    );
    await assert.rejects(chunksOf({ ...asked, stream: true }, ...lines), expected);
  });

  test("is none when the count may be right", async () => {
    const whole = line({ content: "Yes" }, { ...END, prompt_eval_count: 4000 });
    assert.equal((await ollama.chat(vendor(whole).call(asked))).value.usage?.prompt_tokens, 4000);
  });
});

describe("failures", () => {
  const failing = (status: number, error: string) =>
    fakeVendor((path): VendorAnswer => (path === "/api/show" ? { body: {} } : { status, body: { error } }));
  const cases: readonly [number, string, object][] = [
    [
      404,
      "model 'llama9' not found",
      {
        status: 404,
        code: "model_not_found",
        message:
          "The model 'llama9' was not found on the Ollama server. Get it with 'ollama pull llama9', or see 'ollama list' for those that are there.",
      },
    ],
    [404, 'model "llama9" not found, try pulling it first', { status: 404, code: "model_not_found" }],
    [400, '"m" does not support chat', { status: 400, code: null }],
    [400, "the input length exceeds the context length", { status: 400, code: "context_length_exceeded" }],
    [500, "prompt exceeds the available context size", { status: 400, code: "context_length_exceeded" }],
    [401, "unauthorized", { status: 401, code: "invalid_api_key" }],
    [503, "server busy, please try again.  maximum pending requests exceeded", { status: 503 }],
    [500, "llama runner process has terminated: exit status 2", { status: 500, type: "api_error" }],
  ];
  for (const [status, error, expected] of cases) {
    test(`${status} ${error}`, () => assert.rejects(ollama.chat(failing(status, error).call(QUESTION)), expected));
  }

  test("a model that is not there is known before the call is translated", async () => {
    const missing = fakeVendor(() => ({ status: 404, body: { error: "model 'llama9' not found" } }));
    await assert.rejects(ollama.chat(missing.call(QUESTION)), { status: 404, code: "model_not_found" });
    assert.deepEqual(
      missing.sent.map(({ path }) => path),
      ["/api/show"],
    );
  });

  test("an address that ends in /v1 is explained", async () => {
    const wrong = fakeVendor(() => ({ status: 404, body: "404 page not found" }));
    await assert.rejects(ollama.chat(wrong.call(QUESTION)), { status: 404, message: /OLLAMA_BASEURL/ });
  });

  const unreached = (failure: Error, options: Readonly<Record<string, string>> = {}) => {
    const limitsMs: unknown[] = [];
    const send = ({ silenceMs }: UpstreamRequest) => {
      limitsMs.push(silenceMs);
      return Promise.reject(failure);
    };
    const { connection, ...rest } = vendor().call(QUESTION);
    const upstream = { send, close: async () => {} };
    return { limitsMs, call: { ...rest, connection: { ...connection, options, upstream } } };
  };

  test("a server that cannot be reached may not be running", async () => {
    const { call } = unreached(upstreamUnreachable("localhost:11434", new Error("refused")));
    await assert.rejects(ollama.chat(call), {
      status: 502,
      code: "upstream_unreachable",
      message: /Could not reach localhost:11434\. Is Ollama running\? Start it with 'ollama serve'/,
    });
  });

  test("a server may be silent for two minutes, or as long as OLLAMA_TIMEOUT says", async () => {
    const late = upstreamTimeout("localhost:11434", "answer", new Error("late"));
    const [usual, told] = [unreached(late), unreached(late, { timeoutSeconds: "600" })];
    for (const { call } of [usual, told]) {
      await assert.rejects(ollama.chat(call), { status: 504, code: "timeout", message: /OLLAMA_TIMEOUT/ });
    }
    assert.deepEqual([usual.limitsMs, told.limitsMs], [[120_000], [600_000]]);
  });
});

describe("what is known of a model", () => {
  test("is asked once for many calls", async () => {
    const { call, sent } = vendor(line({ content: "4" }, END));
    for (let i = 0; i < 3; i++) await ollama.chat(call(QUESTION));
    assert.deepEqual(
      sent.map(({ path }) => path),
      ["/api/show", "/api/chat", "/api/chat", "/api/chat"],
    );
  });

  test("is not needed: servers that only stand for Ollama may not tell", async () => {
    const { call, sent } = fakeVendor((path) =>
      path === "/api/chat" ? { body: line({ content: "4" }, END) } : { status: 404, body: "404 page not found" },
    );
    assert.equal((await ollama.chat(call(QUESTION))).value.choices[0]?.message.content, "4");
    assert.deepEqual(sent.at(-1)?.body["options"], { num_ctx: 8192 });
  });
});

test("the models that are there are listed under their own names", async () => {
  const models = [
    { name: "llama3:latest", modified_at: "2026-01-02T03:04:05.123456789Z", size: 1 },
    { name: "hf.co/a/b:Q4_K_M" },
  ];
  const { call } = fakeVendor(() => ({ body: { models } }));
  assert.deepEqual(await ollama.models?.(call(QUESTION).connection, new AbortController().signal), [
    { id: "llama3:latest", object: "model", created: 1767323045, owned_by: "ollama" },
    { id: "hf.co/a/b:Q4_K_M", object: "model", created: 0, owned_by: "ollama" },
  ]);
});
