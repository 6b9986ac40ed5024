import { randomBytes } from "node:crypto";
import type { ChatCompletion, ToolCall, Usage } from "../../api/chat.ts";
import { upstreamBroke, upstreamUnreadable } from "../../api/error.ts";
import type { AnswerContext } from "../http-provider.ts";
import { argumentsText, finishReason, newToolCallId } from "../openai-compatible/completion.ts";
import { type Plan, tooLong } from "./request.ts";
import type { KeptThinking } from "./thinking.ts";
import type { ChatResponse, Logprob, ToolCall as VendorToolCall } from "./wire.ts";

type Context = AnswerContext<Plan>;

/** A whole answer as OpenAI's. @throws ApiError for an error that came with status 200, and a prompt that was cut. */
export function completion(reply: unknown, context: Context): ChatCompletion {
  const answer = checked(reply, context);
  if (!answer.done) throw upstreamBroke("Ollama");
  checkPrompt(answer, context);
  checkLogprobs(answer, context);
  const { content = "", thinking = "", tool_calls } = answer.message;
  const calls = (tool_calls ?? []).map(toolCall);
  keepThinking(calls, thinking, context);
  return {
    ...head(answer, context),
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: content === "" && calls.length > 0 ? null : content,
          refusal: null,
          ...(thinking !== "" && { reasoning_content: thinking }),
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        logprobs: logprobs(answer),
        finish_reason: finishReason(answer.done_reason || "stop", calls.length > 0),
      },
    ],
    usage: usage(answer),
  };
}

/** An answer, or a line of one. @throws ApiError for one that is an error, or no answer at all. */
export function checked(reply: unknown, { failure }: Context): ChatResponse {
  const answer = Object(reply) as Partial<ChatResponse> & { readonly error?: unknown };
  if (answer.error != null) throw failure(500, JSON.stringify(reply));
  if (typeof answer.message !== "object" || answer.message === null) throw upstreamUnreadable("Ollama");
  return answer as ChatResponse;
}

export function head(
  { model, created_at }: ChatResponse,
  context: Context,
): Pick<ChatCompletion, "id" | "created" | "model"> {
  const createdMs = Date.parse(created_at);
  return {
    id: `chatcmpl-${randomBytes(12).toString("hex")}`,
    created: Math.floor((Number.isNaN(createdMs) ? Date.now() : createdMs) / 1000),
    model: model || context.model,
  };
}

/** Older servers give their calls no ids. */
export function toolCall({ id, function: called }: VendorToolCall): ToolCall {
  const { name, arguments: args } = called;
  return { id: id || newToolCallId(), type: "function", function: { name, arguments: argumentsText(args) } };
}

export function usage(answer: ChatResponse): Usage {
  const { prompt_eval_count: prompt = 0, eval_count: completion = 0, prompt_eval_cached_count: cached = 0 } = answer;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

export function logprobs({ logprobs }: ChatResponse): object | null {
  if (!logprobs || logprobs.length === 0) return null;
  const token = ({ token, logprob, bytes }: Logprob): object => ({
    token,
    logprob,
    bytes: bytes ?? [...Buffer.from(token)],
  });
  const content = logprobs.map((entry) => ({ ...token(entry), top_logprobs: (entry.top_logprobs ?? []).map(token) }));
  return { content, refusal: null };
}

/** Servers before 0.12 do not know `truncate`, and cut: the count gives it away. @throws ApiError 400 then. */
export function checkPrompt({ prompt_eval_count: read }: ChatResponse, { plan }: Context): void {
  if (read === undefined || read >= plan.fewestPromptTokens) return;
  throw tooLong({
    en: `was cut to ${read} tokens, although it has at least ${plan.fewestPromptTokens}`,
    "zh-TW": `至少有 ${plan.fewestPromptTokens} 個 token，卻被截斷為 ${read} 個`,
  });
}

/** Servers before 0.12.11 do not know `logprobs`, and say nothing of it. @throws ApiError 400 unless it may be dropped. */
export function checkLogprobs({ message, logprobs }: ChatResponse, { plan }: Context): void {
  if (!plan.wantsLogprobs || !message.content || logprobs) return;
  plan.receipt.refuse("logprobs", {
    en: "is not given by this Ollama server: 0.12.11 and newer have it.",
    "zh-TW": "這個 Ollama 伺服器不提供，0.12.11 以上的版本才有。",
  });
}

export function keepThinking(calls: readonly { readonly id: string }[], thinking: string, { keep }: Context): void {
  if (thinking === "") return;
  for (const { id } of calls) keep(id, { thinking } satisfies KeptThinking);
}
