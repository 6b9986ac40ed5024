import assert from "node:assert/strict";
import { test } from "node:test";
import type OpenAI from "openai";
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import { type Answer, event, events, sendEvents, sendJson, startEvents } from "./fakes/openai.ts";
import { type Fronted, openaiClient, post, PROVIDER_KEY, startFronted } from "./fronted.ts";
import { startOmniport } from "./omniport.ts";

const request: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: "openai/gpt-4o",
  messages: [{ role: "user", content: "hi" }],
};

/** What the official client raises. */
async function raised(call: PromiseLike<unknown>): Promise<APIError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof APIError) return error;
    throw error;
  }
  throw new Error("the call was answered");
}

function refusing(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => sendJson(response, value, status, headers);
}

function openaiError(message: string, type: string, code: string | null): object {
  return { error: { message, type, param: null, code } };
}

interface Refusal {
  readonly says: readonly [status: number, body: unknown];
  readonly raises: new (...args: never) => APIError;
  readonly status: number;
  readonly type: string;
  readonly code?: string | null;
}

const tooLong = openaiError("This model's maximum context length is 8 tokens.", "invalid_request_error", "x");
const refusals: Readonly<Record<string, Refusal>> = {
  "a wrong key": {
    says: [401, openaiError("Incorrect API key provided", "invalid_request_error", "invalid_api_key")],
    raises: AuthenticationError,
    status: 401,
    type: "authentication_error",
    code: "invalid_api_key",
  },
  "no permission": {
    says: [403, { message: "Country not supported" }],
    raises: PermissionDeniedError,
    status: 403,
    type: "permission_error",
  },
  "an unknown model": {
    says: [404, openaiError("The model `x` does not exist", "invalid_request_error", "model_not_found")],
    raises: NotFoundError,
    status: 404,
    type: "invalid_request_error",
    code: "model_not_found",
  },
  "a bad request": {
    says: [400, openaiError("Unknown parameter", "invalid_request_error", "unknown_parameter")],
    raises: BadRequestError,
    status: 400,
    type: "invalid_request_error",
    code: "unknown_parameter",
  },
  "a bad request in FastAPI's words": {
    says: [422, { detail: [{ loc: ["body", "top_k"], msg: "extra fields not permitted" }] }],
    raises: BadRequestError,
    status: 400,
    type: "invalid_request_error",
  },
  "too long a conversation": {
    says: [400, tooLong],
    raises: BadRequestError,
    status: 400,
    type: "invalid_request_error",
    code: "context_length_exceeded",
  },
  "too many calls": {
    says: [429, openaiError("Slow down", "requests", "rate_limit_exceeded")],
    raises: RateLimitError,
    status: 429,
    type: "rate_limit_error",
    code: "rate_limit_exceeded",
  },
  "no money": {
    says: [402, { error: { message: "Insufficient Balance" } }],
    raises: RateLimitError,
    status: 429,
    type: "insufficient_quota",
    code: "insufficient_quota",
  },
  "an overload": {
    says: [529, { error: { message: "Overloaded" } }],
    raises: InternalServerError,
    status: 503,
    type: "overloaded_error",
    code: "overloaded",
  },
  "its own fault": {
    says: [500, openaiError("The server had an error", "server_error", null)],
    raises: InternalServerError,
    status: 500,
    type: "api_error",
  },
  "a status that nobody knows": {
    says: [599, "?"],
    raises: InternalServerError,
    status: 502,
    type: "api_error",
  },
  "a fault that is an answer with status 200": {
    says: [200, { error: { message: "Provider returned error", code: 429 } }],
    raises: RateLimitError,
    status: 429,
    type: "rate_limit_error",
  },
  "what is no answer at all": {
    says: [200, 5],
    raises: InternalServerError,
    status: 502,
    type: "api_error",
    code: "upstream_unreadable",
  },
};

for (const [what, { says, raises, status, type, code }] of Object.entries(refusals)) {
  for (const stream of [false, true]) {
    test(`where the provider reports ${what}, the client raises ${raises.name}${stream ? " for a stream" : ""}`, async () => {
      await using fronted = await startFronted({ answer: refusing(...says) });
      const error = await raised(fronted.client.chat.completions.create({ ...request, stream }));
      assert.ok(error instanceof raises, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, status);
      assert.equal(error.type, type);
      if (code !== undefined) assert.equal(error.code, code);
      assert.match(error.requestID ?? "", /^req_/);
    });
  }
}

test("a provider's refusal of embeddings is the client's, too", async () => {
  await using fronted = await startFronted({ answer: refusing(429, openaiError("Slow down", "requests", null)) });
  const error = await raised(fronted.client.embeddings.create({ model: "text-embedding-3-small", input: "x" }));
  assert.ok(error instanceof RateLimitError);
});

for (const [given, shown] of [
  ["20", "20"],
  ["86400", "60"],
  ["-5", "0"],
  ["Wed, 21 Oct 2065 07:28:00 GMT", "60"],
]) {
  test(`a provider's Retry-After of '${given}' is handed on as ${shown} s`, async () => {
    const slow = openaiError("Slow down", "requests", null);
    await using fronted = await startFronted({ answer: refusing(429, slow, { "retry-after": given ?? "" }) });
    const error = await raised(fronted.client.chat.completions.create(request));
    assert.equal(error.headers?.get("retry-after"), shown);
  });
}

test("the rate limits of the provider are handed on with its refusal, and nothing else of its headers", async () => {
  const headers = { "x-ratelimit-remaining-requests": "0", "set-cookie": "a=b", "openai-organization": "org-1" };
  await using fronted = await startFronted({ answer: refusing(429, openaiError("Slow", "requests", null), headers) });
  const error = await raised(fronted.client.chat.completions.create(request));
  assert.equal(error.headers?.get("x-ratelimit-remaining-requests"), "0");
  assert.equal(error.headers?.get("set-cookie"), null);
  assert.equal(error.headers?.get("openai-organization"), null);
});

for (const quoted of [PROVIDER_KEY, "sk-provid**************cdef", "sk-proj-AbC_123-xyz", "AIzaSyD-1234567890abcdef"]) {
  test(`no piece of a key is shown where the provider quotes '${quoted}'`, async () => {
    const value = openaiError(`Incorrect API key provided: ${quoted}. You can find it at /keys.`, "x", null);
    await using fronted = await startFronted({ answer: refusing(401, value) });
    const error = await raised(fronted.client.chat.completions.create(request));
    assert.match(error.message, /^401 Incorrect API key provided: \[key\]\.? You can find it at \/keys\.$/);
  });
}

test("an error that comes as the first event of a stream has its real status", async () => {
  const all = [event(openaiError("Slow down", "requests", "rate_limit_exceeded"))];
  await using fronted = await startFronted({ answer: (_, response) => sendEvents(response, all) });
  const error = await raised(fronted.client.chat.completions.create({ ...request, stream: true }));
  assert.ok(error instanceof RateLimitError);
  assert.equal(error.status, 429);
});

/** The bytes that a streaming client reads. */
async function streamed({ server }: Fronted): Promise<{ status: number; text: string }> {
  const response = await post(`${server.api}/chat/completions`, JSON.stringify({ ...request, stream: true }));
  return { status: response.status, text: await response.text() };
}

const begun = events("gpt-4o", "one two three").slice(0, 3);
const breaks: Readonly<Record<string, { readonly answer: Answer; readonly code: string | null }>> = {
  "sends an error in the middle": {
    answer: (_, response) =>
      sendEvents(response, [...begun, event(openaiError("The model crashed", "server_error", null))]),
    code: null,
  },
  "ends without a finish reason": {
    answer: (_, response) => sendEvents(response, begun),
    code: "upstream_incomplete",
  },
  "says [DONE] without a finish reason": {
    answer: (_, response) => sendEvents(response, [...begun, "data: [DONE]\n\n"]),
    code: "upstream_incomplete",
  },
  "hangs up": {
    answer: (_, response) => startEvents(response).write(begun.join(""), () => response.destroy()),
    code: "upstream_incomplete",
  },
  "sends what is no JSON": {
    answer: (_, response) => sendEvents(response, [...begun, "data: {oops\n\n"]),
    code: "upstream_unreadable",
  },
};

for (const [what, { answer, code }] of Object.entries(breaks)) {
  test(`where the provider ${what}, the stream ends with an error event and without [DONE]`, async () => {
    await using fronted = await startFronted({ answer });
    const { status, text } = await streamed(fronted);
    assert.equal(status, 200);
    assert.ok(text.startsWith(begun.join("")));
    const [last, ...more] = text.slice(begun.join("").length).split("\n\n");
    const { error } = JSON.parse(last?.replace("data: ", "") ?? "") as { error: { type: string; code: string | null } };
    assert.equal(error.type, "api_error");
    assert.equal(error.code, code);
    assert.deepEqual(more, [""]);
  });

  test(`where the provider ${what}, the official client raises after the words that came`, async () => {
    await using fronted = await startFronted({ answer });
    const stream = await fronted.client.chat.completions.create({ ...request, stream: true });
    const words: string[] = [];
    const error = await raised(
      (async () => {
        for await (const { choices } of stream) words.push(choices[0]?.delta.content ?? "");
      })(),
    );
    assert.deepEqual(words, ["", "one ", "two "]);
    assert.equal(error.type, "api_error");
  });
}

test("a stream that ends before its first event is a 502", async () => {
  await using fronted = await startFronted({ answer: (_, response) => sendEvents(response, []) });
  const error = await raised(fronted.client.chat.completions.create({ ...request, stream: true }));
  assert.equal(error.status, 502);
  assert.equal(error.code, "upstream_incomplete");
});

test("a whole answer that breaks off is a 502", async () => {
  const answer: Answer = (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
    response.write('{"id":"x"', () => response.destroy());
  };
  await using fronted = await startFronted({ answer });
  const error = await raised(fronted.client.chat.completions.create(request));
  assert.equal(error.status, 502);
  assert.equal(error.code, "upstream_incomplete");
});

test("without its key a provider's models are a 401 that names the variable", async () => {
  await using server = await startOmniport();
  for (const [model, variable] of [
    ["openai/gpt-4o", "OPENAI_API_KEY"],
    ["deepseek/deepseek-chat", "DEEPSEEK_API_KEY"],
    ["groq/llama-3", "GROQ_API_KEY"],
  ] as const) {
    const error = await raised(openaiClient(server).chat.completions.create({ ...request, model }));
    assert.ok(error instanceof AuthenticationError);
    assert.equal(error.code, "missing_api_key");
    assert.match(error.message, new RegExp(`set ${variable} `));
  }
});

for (const [model, hint] of [
  ["opnai/gpt-4o", "'openai/gpt-4o'"],
  ["deepsek/deepseek-chat", "'deepseek/deepseek-chat'"],
  ["fst", "'fast'"],
  ["nothing-like-it", "GET /v1/models"],
] as const) {
  test(`the unknown model '${model}' is a 404 that suggests ${hint}`, async () => {
    await using fronted = await startFronted({ yaml: "aliases: { fast: openai/gpt-4o }" });
    const error = await raised(fronted.client.chat.completions.create({ ...request, model }));
    assert.ok(error instanceof NotFoundError);
    assert.equal(error.code, "model_not_found");
    assert.equal(error.param, "model");
    assert.ok(error.message.includes(hint), error.message);
  });
}

test("a provider that is down is a 502 that names the address", async () => {
  await using fronted = await startFronted();
  const { host } = new URL(fronted.provider.url);
  await fronted.provider.close();
  for (const stream of [false, true]) {
    const error = await raised(fronted.client.chat.completions.create({ ...request, stream }));
    assert.equal(error.status, 502);
    assert.equal(error.code, "upstream_unreachable");
    assert.ok(error.message.includes(`${host} (ECONNREFUSED)`), error.message);
  }
});

test("a provider that hangs up without an answer is a 502", async () => {
  await using fronted = await startFronted({ answer: (_, response) => response.destroy() });
  const error = await raised(fronted.client.chat.completions.create(request));
  assert.equal(error.status, 502);
  assert.equal(error.code, "upstream_unreachable");
});

test("a provider's page of HTML is not shown", async () => {
  const answer: Answer = (_, response) => {
    response.writeHead(502, { "content-type": "text/html" }).end("<html><h1>Bad gateway</h1></html>");
  };
  await using fronted = await startFronted({ answer });
  const error = await raised(fronted.client.chat.completions.create(request));
  assert.equal(error.status, 502);
  assert.ok(!error.message.includes("<h1>"), error.message);
});
