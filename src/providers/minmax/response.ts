import type { AssistantMessage, ChatCompletion, FinishReason, ToolCall, Usage } from "../../api/chat.ts";
import { type ApiError, upstreamUnreadable } from "../../api/error.ts";
import { createStopFilter } from "../../engine/chat/stop.ts";
import type { AnswerContext } from "../http-provider.ts";
import { checkJson, unfenced } from "../json-output.ts";
import { argumentsText, finishReason, newToolCallId } from "../openai-compatible/completion.ts";
import { OUTPUT_SENSITIVE } from "./error.ts";
import type { KeptThought } from "./messages.ts";
import type { Plan } from "./request.ts";
import { createThoughtFilter } from "./thought-filter.ts";
import type { Reply, ReplyMessage, ReplyUsage } from "./wire.ts";

/** @throws ApiError for an error that came with status 200. */
export function completion(reply: unknown, context: AnswerContext<Plan>): ChatCompletion {
  const answer = Object(reply) as Reply;
  const failure = failureIn(answer, context);
  if (failure) throw failure;
  const [choice] = answer.choices ?? [];
  if (!choice?.message) throw upstreamUnreadable("MiniMax");
  const { message, stopped } = readMessage(choice.message, context.plan);
  const reason = stopped ? "stop" : choice.finish_reason;
  const finish_reason = isKeptBack(answer) ? "content_filter" : finishReason(reason, message.tool_calls !== undefined);
  const counted = usage(answer.usage);
  const ids = (message.tool_calls ?? []).map(({ id }) => id);
  keepThought(message.reasoning_content, ids, context);
  return {
    ...head(answer, context.model),
    object: "chat.completion",
    choices: [{ index: 0, message: checked(message, finish_reason, context.plan), logprobs: null, finish_reason }],
    ...(counted && { usage: counted }),
  };
}

/** What every chunk of an answer has in common with it. */
export function head(
  { id, created, model }: Reply,
  modelAsked: string,
): Pick<ChatCompletion, "id" | "created" | "model"> {
  return {
    id: `chatcmpl-${id ?? newToolCallId()}`,
    created: created ?? Math.floor(Date.now() / 1000),
    model: model ?? modelAsked,
  };
}

/** The error that a reply with status 200 is. An answer that is kept back from some word on is none. */
export function failureIn(reply: Reply, { failure }: Pick<AnswerContext<Plan>, "failure">): ApiError | undefined {
  const number = reply.base_resp?.status_code ?? 0;
  const hasAnswer = (reply.choices ?? []).length > 0;
  const isAnswer = number === 0 || (number === OUTPUT_SENSITIVE && hasAnswer);
  if (!isAnswer || reply.error != null) return failure(200, JSON.stringify(reply));
  if (!hasAnswer && reply.input_sensitive === true) {
    const base_resp = { status_code: 1026, status_msg: "The input was found to be sensitive." };
    return failure(200, JSON.stringify({ base_resp }));
  }
  return undefined;
}

function readMessage(given: ReplyMessage, plan: Plan): { message: AssistantMessage; stopped: boolean } {
  const { thought, text: content } = splitContent(given, plan);
  const { text, stopped } = cut(content, plan.stop);
  const calls = stopped ? [] : (given.tool_calls ?? []).slice(0, plan.oneCall ? 1 : undefined).map(toolCall);
  const message: AssistantMessage = {
    role: "assistant",
    content: text === "" && calls.length > 0 ? null : text,
    refusal: null,
    ...(thought !== "" && { reasoning_content: thought }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return { message, stopped };
}

/** Thoughts come in a field of their own, or else in tags. */
function splitContent(given: ReplyMessage, { splitsThoughts }: Plan): { thought: string; text: string } {
  const apart = thoughtOf(given);
  const content = given.content ?? "";
  if (!splitsThoughts || apart !== "") return { thought: apart, text: content };
  const filter = createThoughtFilter();
  const first = filter.push(content);
  const rest = filter.end();
  return { thought: first.thought + rest.thought, text: first.text + rest.text };
}

function cut(content: string, stops: readonly string[]): { text: string; stopped: boolean } {
  const filter = createStopFilter(stops);
  const { text, stopped } = filter.push(content);
  return { text: stopped ? text : text + filter.end(), stopped };
}

/** Both fields hold the same. */
export function thoughtOf({ reasoning_content, reasoning_details }: ReplyMessage): string {
  return reasoning_content || (reasoning_details ?? []).map(({ text }) => text ?? "").join("");
}

function toolCall({ id, function: called }: NonNullable<ReplyMessage["tool_calls"]>[number]): ToolCall {
  return {
    id: id || newToolCallId(),
    type: "function",
    function: { name: called?.name ?? "", arguments: argumentsText(called?.arguments) },
  };
}

/** Whether MiniMax keeps the rest of the answer back because of what stands in it. */
export function isKeptBack({ output_sensitive, base_resp }: Reply): boolean {
  return output_sensitive === true || base_resp?.status_code === OUTPUT_SENSITIVE;
}

/** The message with its JSON bare, where JSON was promised. @throws ApiError 502 where it is none, or does not fit. */
function checked(message: AssistantMessage, finish_reason: FinishReason, { schema }: Plan): AssistantMessage {
  if (!schema || finish_reason !== "stop") return message;
  return { ...message, content: checkedText(message.content ?? "", schema) };
}

export function checkedText(content: string, schema: NonNullable<Plan["schema"]>): string {
  const text = unfenced(content);
  checkJson(text, schema);
  return text;
}

export function keepThought(
  thought: string | null | undefined,
  toolCallIds: readonly string[],
  { keep }: Pick<AnswerContext<Plan>, "keep">,
): void {
  if (!thought) return;
  for (const id of toolCallIds) keep(id, { minimaxThought: thought } satisfies KeptThought);
}

/** Undefined for a usage that counts nothing yet. Old answers have the total only. */
export function usage(counted: ReplyUsage | null | undefined): Usage | undefined {
  if (!counted?.total_tokens) return undefined;
  const { total_tokens, completion_tokens = 0, prompt_tokens = total_tokens - completion_tokens } = counted;
  const { prompt_tokens_details, completion_tokens_details } = counted;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    prompt_tokens_details: { cached_tokens: prompt_tokens_details?.cached_tokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: completion_tokens_details?.reasoning_tokens ?? 0 },
  };
}
