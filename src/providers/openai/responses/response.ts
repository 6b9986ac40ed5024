import type { AssistantMessage, ChatCompletion, FinishReason, ToolCall, Usage } from "../../../api/chat.ts";
import { type ApiError, upstreamUnreadable } from "../../../api/error.ts";
import type { AnswerContext } from "../../http-provider.ts";
import { keepItems } from "./state.ts";
import type { OutputItem, ResponsesAnswer, ResponsesUsage } from "./wire.ts";

type Context = Pick<AnswerContext<null>, "keep" | "failure">;

/** @throws ApiError for an answer that failed, although its status was 200. */
export function completion(reply: unknown, context: Context): ChatCompletion {
  const answer = Object(reply) as ResponsesAnswer;
  if (answer.error || answer.status === "failed") throw failed(answer.error, context);
  if (!Array.isArray(answer.output)) throw upstreamUnreadable("OpenAI");
  keepItems(answer.output, context.keep);
  const answered = message(answer.output);
  return {
    ...head(answer),
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: answered,
        logprobs: null,
        finish_reason: finishReason(answer, answered.tool_calls !== undefined),
      },
    ],
    ...(answer.usage && { usage: usage(answer.usage) }),
    ...(answer.service_tier != null && { service_tier: answer.service_tier }),
  };
}

/** What every chunk of an answer has in common with it. */
export function head({ id, created_at, model }: ResponsesAnswer): Pick<ChatCompletion, "id" | "created" | "model"> {
  return { id: `chatcmpl-${String(id).replace(/^resp_/, "")}`, created: Math.floor(created_at), model };
}

function message(output: readonly OutputItem[]): AssistantMessage {
  const parts = output.flatMap((item) => (item.type === "message" ? item.content : []));
  const text = parts.map((part) => (part.type === "output_text" ? part.text : "")).join("");
  const refusal = parts.map((part) => (part.type === "refusal" ? part.refusal : "")).join("");
  const annotations = parts.flatMap((part) => (part.type === "output_text" ? (part.annotations ?? []) : []));
  const thought = output.flatMap(thoughts).join("\n\n");
  const toolCalls = output.flatMap((item) => toolCall(item) ?? []);
  return {
    role: "assistant",
    content: text === "" && (toolCalls.length > 0 || refusal !== "") ? null : text,
    refusal: refusal === "" ? null : refusal,
    ...(annotations.length > 0 && { annotations }),
    ...(thought !== "" && { reasoning_content: thought }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
}

/** The thoughts themselves, where a server shows them; else their summary. */
function thoughts(item: OutputItem): readonly string[] {
  if (item.type !== "reasoning") return [];
  const content = (item.content ?? []).map(({ text }) => text);
  return content.length > 0 ? [content.join("")] : (item.summary ?? []).map(({ text }) => text);
}

export function toolCall(item: OutputItem): ToolCall | undefined {
  if (item.type === "function_call") {
    return { id: item.call_id, type: "function", function: { name: item.name, arguments: item.arguments } };
  }
  if (item.type === "custom_tool_call") {
    return { id: item.call_id, type: "custom", custom: { name: item.name, input: item.input } };
  }
  return undefined;
}

export function finishReason({ status, incomplete_details }: ResponsesAnswer, hasToolCalls: boolean): FinishReason {
  const reason = incomplete_details?.reason;
  if (reason === "content_filter") return "content_filter";
  if (status === "incomplete" || reason !== undefined) return "length";
  return hasToolCalls ? "tool_calls" : "stop";
}

export function usage(counted: ResponsesUsage): Usage {
  const { cached_tokens = 0, cache_write_tokens } = counted.input_tokens_details ?? {};
  return {
    prompt_tokens: counted.input_tokens,
    completion_tokens: counted.output_tokens,
    total_tokens: counted.total_tokens,
    prompt_tokens_details: { cached_tokens, ...(cache_write_tokens !== undefined && { cache_write_tokens }) },
    completion_tokens_details: { reasoning_tokens: counted.output_tokens_details?.reasoning_tokens ?? 0 },
  };
}

const STATUSES: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  server_error: 500,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  vector_store_timeout: 504,
};

/** The error of an answer that began with status 200. */
export function failed(error: ResponsesAnswer["error"], { failure }: Pick<Context, "failure">): ApiError {
  const code = error?.code ?? "";
  const status = STATUSES[code] ?? (/image/.test(code) ? 400 : 502);
  return failure(status, JSON.stringify({ error: error ?? { message: "The model failed to answer." } }));
}
