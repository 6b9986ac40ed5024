import { randomBytes } from "node:crypto";
import type { AssistantMessage, ChatCompletion, FinishReason, ToolCall, Usage as ChatUsage } from "../../api/chat.ts";
import { upstreamUnreadable } from "../../api/error.ts";
import type { AnswerContext } from "../http-provider.ts";
import { argumentsText, newToolCallId } from "../openai-compatible/completion.ts";
import { ANSWER_TOOL } from "./answer-format.ts";
import type { Plan } from "./request.ts";
import { isWorthKeeping, thoughts } from "./thinking-state.ts";
import type { ContentBlock, Message, Usage } from "./wire.ts";

/** A whole answer as OpenAI's. @throws ApiError for an error that came with status 200. */
export function completion(reply: unknown, context: AnswerContext<Plan>): ChatCompletion {
  const message = reply as Message & { readonly type?: string };
  if (message?.type === "error") throw context.failure(500, JSON.stringify(reply));
  if (!Array.isArray(message?.content)) throw upstreamUnreadable("Anthropic");
  const answer = assistantMessage(message, context.plan);
  keepContent(message.content, context);
  return {
    id: completionId(message.id),
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: message.model ?? context.model,
    choices: [{ index: 0, message: answer, logprobs: null, finish_reason: finishReason(message, context.plan) }],
    usage: usage(message.usage ?? {}),
  };
}

export function completionId(id: string | undefined): string {
  return `chatcmpl-${id || randomBytes(12).toString("hex")}`;
}

function assistantMessage({ content, stop_details }: Message, plan: Plan): AssistantMessage {
  const text = content.flatMap((block) => answerText(block, plan) ?? []).join("");
  const reasoning = content.flatMap((block) => (block.type === "thinking" ? block.thinking : [])).join("");
  const state = thoughts(content);
  const calls = content.flatMap((block) => toolCall(block, plan) ?? []);
  return {
    role: "assistant",
    content: text === "" && calls.length > 0 ? null : text,
    refusal: stop_details?.explanation ?? null,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(state.length > 0 && { thinking_blocks: state }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** What a block adds to the answer's text; undefined for one that is no part of it. */
function answerText(block: ContentBlock, plan: Plan): string | undefined {
  if (block.type === "text") return block.text;
  return block.type === "tool_use" && isAnswer(block, plan) ? argumentsText(block.input) : undefined;
}

function toolCall(block: ContentBlock, plan: Plan): ToolCall | undefined {
  if (block.type !== "tool_use" || isAnswer(block, plan)) return undefined;
  const { id, name, input } = block;
  return { id: id || newToolCallId(), type: "function", function: { name, arguments: argumentsText(input) } };
}

/** Whether a block is the tool that stands for the answer. */
export function isAnswer(block: ContentBlock, plan: Plan): boolean {
  return plan.isAnswerTool && block.type === "tool_use" && block.name === ANSWER_TOOL;
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

/**
 * True to the answer: `tool_calls` if and only if it waits for results. Calls after which it went on have had theirs.
 * Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 */
export function finishReason({ stop_reason, content }: Message, plan: Plan): FinishReason {
  const known = FINISH_REASONS[stop_reason ?? "end_turn"] ?? "stop";
  if (known !== "stop" && known !== "tool_calls") return known;
  const said = content.filter((block) => block.type === "text" || block.type === "tool_use");
  const asks = known === "tool_calls" ? said : said.slice(-1);
  return asks.some((block) => block.type === "tool_use" && !isAnswer(block, plan)) ? "tool_calls" : "stop";
}

/** Counted as OpenAI counts: what was read from the cache and written to it is part of the prompt. */
export function usage(counts: Usage): ChatUsage {
  const cached = counts.cache_read_input_tokens ?? 0;
  const written = counts.cache_creation_input_tokens ?? 0;
  const writtenForAnHour = counts.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  const prompt_tokens = (counts.input_tokens ?? 0) + cached + written;
  const completion_tokens = counts.output_tokens ?? 0;
  const reasoning_tokens = counts.output_tokens_details?.thinking_tokens;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: {
      cached_tokens: cached,
      cache_write_tokens: written,
      ...(writtenForAnHour > 0 && { cache_write_hour_tokens: writtenForAnHour }),
    },
    ...(reasoning_tokens != null && { completion_tokens_details: { reasoning_tokens } }),
  };
}

/** Keeps an answer whose calls' results must come back with more than OpenAI's fields can carry. */
export function keepContent(content: readonly ContentBlock[], { keep, plan }: AnswerContext<Plan>): void {
  const call = content.find((block) => block.type === "tool_use" && !isAnswer(block, plan));
  if (call?.type === "tool_use" && call.id && isWorthKeeping(content)) keep(call.id, content);
}
