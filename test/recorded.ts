import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ChatCompletion, ChatCompletionChunk, ToolCall } from "../src/api/chat.ts";
import type { Json } from "../src/api/json.ts";
import type { Upstream, UpstreamRequest } from "../src/upstream/upstream.ts";

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
export async function readStream(stream: AsyncIterable<Json<ChatCompletionChunk>>): Promise<ReadAnswer> {
  const answer = {
    content: "",
    reasoning: "",
    finishReason: null as string | null,
    usage: undefined as ChatCompletion["usage"],
  };
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  for await (const { text } of stream) {
    const chunk = JSON.parse(text) as ChatCompletionChunk;
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
