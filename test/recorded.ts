import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ChatCompletion, ChatCompletionRequest, ToolCall } from "../src/api/chat.ts";
import { ApiError } from "../src/api/error.ts";
import { Json } from "../src/api/json.ts";
import { createReceipt } from "../src/api/receipt.ts";
import type { Call, ChatStream, Provider } from "../src/providers/provider.ts";
import { createMemoryToolState } from "../src/store/tool-state.ts";
import type { Upstream, UpstreamRequest } from "../src/upstream/upstream.ts";
import { eachChunk } from "./each-chunk.ts";

/** One recorded call: what was sent, what came back, and what an independent decoder read in the answer. */
export interface RecordedCase {
  readonly case: string;
  readonly endpoint: string;
  readonly shape: string;
  readonly stream: boolean;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly request: Readonly<Record<string, unknown>> | null;
  readonly features: readonly string[];
  readonly expect?: ExpectedAnswer;
  readonly expect_error?: { readonly status: number | string };
  /** The answer's bytes. */
  readonly bytes: Buffer;
}

export interface ExpectedAnswer {
  readonly content: string | null;
  readonly reasoning: string | null;
  readonly tool_calls: readonly { readonly id: string | null; readonly name: string; readonly arguments: unknown }[];
  readonly finish_reason: string | null;
  readonly usage: Readonly<Record<string, number | null>> | null;
  readonly refusal?: string;
  readonly n_choices?: number;
  readonly stream_error?: unknown;
}

export function recordedCases(folder: URL): RecordedCase[] {
  const directory = folder.pathname;
  const files = readdirSync(directory).filter((name) => name.endsWith(".json"));
  return files.map((name) => {
    const { body, bodyFile, ...rest } = JSON.parse(readFileSync(join(directory, name), "utf8"));
    const bytes = bodyFile === undefined ? Buffer.from(JSON.stringify(body)) : readFileSync(join(directory, bodyFile));
    return { ...rest, bytes };
  });
}

/** An upstream that answers every request with one recorded answer, in reads of `size` bytes. */
export function replay(recorded: RecordedCase, size: number = 1000): Upstream & { readonly sent: UpstreamRequest[] } {
  const sent: UpstreamRequest[] = [];
  return {
    sent,
    async send(request) {
      sent.push(request);
      const type = recorded.stream ? "text/event-stream" : "application/json";
      return {
        status: recorded.status,
        headers: { "content-type": type, ...recorded.headers },
        body: reads(recorded.bytes, size),
      };
    },
    async close() {},
  };
}

async function* reads(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What a client has read at the end of an answer, in the vocabulary of the recorded `expect`. */
export interface ReadAnswer {
  readonly content: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[];
  readonly finishReason: string | null;
  readonly usage: ChatCompletion["usage"];
}

export function readCompletion(answer: ChatCompletion): ReadAnswer {
  const [choice] = answer.choices;
  return {
    content: choice?.message.content ?? "",
    reasoning: choice?.message.reasoning_content ?? "",
    toolCalls: (choice?.message.tool_calls ?? []).map(readToolCall),
    finishReason: choice?.finish_reason ?? null,
    usage: answer.usage,
  };
}

/** Puts a stream together as the official clients do, and holds it against OpenAI's rules on the way. */
export async function readStream(stream: ChatStream): Promise<ReadAnswer> {
  const answer = {
    content: "",
    reasoning: "",
    finishReason: null as string | null,
    usage: undefined as ChatCompletion["usage"],
  };
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  for await (const chunk of eachChunk(stream)) {
    if (chunk.usage) answer.usage = chunk.usage;
    if (chunk.usage && chunk.choices.length > 0) throw new Error("usage on a chunk with choices");
    for (const { index, delta, finish_reason } of chunk.choices) {
      if (index !== 0) continue;
      answer.content += delta.content ?? "";
      answer.reasoning += delta.reasoning_content ?? "";
      if (finish_reason && answer.finishReason) throw new Error("two finish reasons");
      answer.finishReason ??= finish_reason;
      for (const piece of delta.tool_calls ?? []) {
        if (typeof piece.index !== "number") throw new Error("a tool call without index");
        const call = (calls[piece.index] ??= {
          id: piece.id ?? "",
          type: "function",
          function: { name: "", arguments: "" },
        });
        call.function.name += piece.function?.name ?? "";
        call.function.arguments += piece.function?.arguments ?? "";
      }
    }
  }
  return { ...answer, toolCalls: calls.map(readToolCall) };
}

function readToolCall(call: ToolCall): ReadAnswer["toolCalls"][number] {
  const text = call.function?.arguments ?? "";
  return { id: call.id, name: call.function?.name ?? "", arguments: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return { __unparsed__: text };
  }
}

/** A call that one recorded answer answers: the recorded request with the fields of `body` over it. */
export function recordedCall<Body>(recorded: RecordedCase, body: object, size?: number): Call<Body> {
  const upstream = replay(recorded, size);
  return {
    model: "m",
    body: Json.fromValue({ model: "recorded/m", ...recorded.request, ...body } as Body),
    connection: { baseUrl: "http://recorded", key: "sk-secret", headers: {}, options: {}, upstream },
    receipt: createReceipt(false),
    toolState: createMemoryToolState(),
    signal: new AbortController().signal,
  };
}

/**
 * Reads one recorded answer through a provider, streams in reads of several sizes, and holds it against its `expect`.
 * @param body what the request must say for this provider to send it at all.
 */
export async function assertRecordedChat(provider: Provider, recorded: RecordedCase, body: object = {}): Promise<void> {
  if (recorded.expect_error) return assertError(provider, recorded, body);
  assert.ok(recorded.expect);
  if (!recorded.stream) {
    const answer = await provider.chat(recordedCall(recorded, body));
    assertAnswer(readCompletion(JSON.parse(answer.text)), recorded.expect);
    return;
  }
  for (const size of [7, 1000, 1_000_000]) {
    const asked = recordedCall<ChatCompletionRequest>(
      recorded,
      { ...body, stream: true, stream_options: { include_usage: true } },
      size,
    );
    assertAnswer(await readStream(await provider.chatStream(asked)), recorded.expect);
  }
}

async function assertError(provider: Provider, recorded: RecordedCase, body: object): Promise<void> {
  const attempt = recorded.stream
    ? provider.chatStream(recordedCall(recorded, { ...body, stream: true })).then((stream) => readStream(stream))
    : provider.chat(recordedCall(recorded, body));
  await assert.rejects(attempt, (thrown) => {
    assert.ok(thrown instanceof ApiError, String(thrown));
    const { status } = recorded.expect_error ?? {};
    if (typeof status === "number") assert.equal(thrown.status, status, thrown.message);
    return true;
  });
}

function assertAnswer(answer: ReadAnswer, expected: ExpectedAnswer): void {
  const calls = expected.tool_calls.map(({ id, name, arguments: args }, i) => ({
    id: id ?? answer.toolCalls[i]?.id,
    name,
    arguments: args,
  }));
  assert.equal(answer.content, expected.content ?? "");
  assert.equal(answer.reasoning, expected.reasoning ?? "");
  assert.deepEqual(answer.toolCalls, calls);
  assert.ok(answer.toolCalls.every(({ id }) => id !== ""));
  assert.equal(answer.finishReason, expected.finish_reason);
  if (expected.usage) assertUsage(answer.usage, expected.usage);
}

function assertUsage(usage: ReadAnswer["usage"], expected: NonNullable<ExpectedAnswer["usage"]>): void {
  const written = "cache_creation_tokens" in expected;
  const details = usage?.prompt_tokens_details;
  assert.deepEqual(
    {
      prompt_tokens: usage?.prompt_tokens,
      completion_tokens: usage?.completion_tokens,
      total_tokens: usage?.total_tokens,
      cached_tokens: details?.cached_tokens ?? 0,
      ...(written && { cache_creation_tokens: details?.["cache_write_tokens"] ?? 0 }),
      reasoning_tokens: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    },
    {
      ...expected,
      cached_tokens: expected["cached_tokens"] ?? 0,
      ...(written && { cache_creation_tokens: expected["cache_creation_tokens"] ?? 0 }),
      reasoning_tokens: expected["reasoning_tokens"] ?? 0,
    },
  );
}
