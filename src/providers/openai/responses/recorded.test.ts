import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ReadAnswer,
  type RecordedCase,
  readCompletion,
  readStream,
  recordedCall,
  recordedCases,
} from "../../../../test/recorded.ts";
import type { ChatCompletionRequest } from "../../../api/chat.ts";
import { ApiError } from "../../../api/error.ts";
import type { Call } from "../../provider.ts";
import { openai } from "../index.ts";

/** This API says 400 of a model that does not exist; clients know 404, as chat completions say it. */
const STATUSES: Readonly<Record<string, number>> = { "pa-inferred-model-name-suggestion": 404 };

describe("recorded answers of the Responses API, from OpenAI and others that speak it", () => {
  for (const recorded of recordedCases(new URL("fixtures/", import.meta.url))) {
    test(recorded.case, () => check(recorded));
  }
});

function call(recorded: RecordedCase, size?: number): Call<ChatCompletionRequest> {
  const body = { messages: [{ role: "user", content: "Hi" }], tools: [{ type: "function", function: { name: "f" } }] };
  const stream = recorded.stream ? { stream: true, stream_options: { include_usage: true } } : {};
  return {
    ...recordedCall<ChatCompletionRequest>({ ...recorded, request: null }, { ...body, ...stream }, size),
    model: "gpt-6-sol",
  };
}

async function check(recorded: RecordedCase): Promise<void> {
  const { expect_error: error } = recorded;
  if (error) {
    const status = STATUSES[recorded.case] ?? error.status;
    await assert.rejects(
      openai.chat(call(recorded)),
      (thrown) => thrown instanceof ApiError && thrown.status === status,
    );
    return;
  }
  const expected = read(recorded);
  if (!recorded.stream) {
    const { value } = await openai.chat(call(recorded));
    assert.deepEqual(readCompletion(value), expected);
    return;
  }
  for (const size of [7, 1000, 1_000_000]) {
    assert.deepEqual(await readStream(await openai.chatStream(call(recorded, size))), expected);
  }
}

interface RecordedItem {
  readonly type: string;
  readonly content?: readonly { readonly text: string }[];
  readonly summary?: readonly { readonly text: string }[];
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What stands in a recorded answer, read in a way of its own: out of the whole answer, with which a stream ends. */
function read({ bytes, stream }: RecordedCase): ReadAnswer {
  const text = bytes.toString("utf8");
  const last = [...text.matchAll(/^data: ?(\{"?.*"response\.completed".*)$/gm)].at(-1)?.[1];
  const answer = stream ? JSON.parse(last ?? "").response : JSON.parse(text);
  const items = answer.output as readonly RecordedItem[];
  const calls = items.filter(({ type }) => type === "function_call");
  const words = items.filter(({ type }) => type === "message").flatMap(({ content }) => content ?? []);
  const thoughts = items.filter(({ type }) => type === "reasoning");
  const { usage } = answer;
  return {
    content: words.map((part) => part.text).join(""),
    reasoning: thoughts
      .flatMap((item) => [...(item.content ?? []), ...(item.summary ?? [])].map((part) => part.text))
      .join("\n\n"),
    toolCalls: calls.map((item) => ({
      id: item.call_id,
      name: item.name,
      arguments: JSON.parse(item.arguments),
    })),
    finishReason: calls.length > 0 ? "tool_calls" : "stop",
    usage: {
      prompt_tokens: usage.input_tokens,
      completion_tokens: usage.output_tokens,
      total_tokens: usage.input_tokens + usage.output_tokens,
      prompt_tokens_details: {
        cached_tokens: usage.input_tokens_details.cached_tokens,
        ...("cache_write_tokens" in usage.input_tokens_details && {
          cache_write_tokens: usage.input_tokens_details.cache_write_tokens,
        }),
      },
      completion_tokens_details: { reasoning_tokens: usage.output_tokens_details.reasoning_tokens },
    },
  };
}
