import type { ChatCompletionChunk, Delta, FinishReason, Usage } from "../../api/chat.ts";
import { upstreamBroke, upstreamUnreadable } from "../../api/error.ts";
import { readEvents } from "../../upstream/sse.ts";
import type { AnswerContext } from "../http-provider.ts";
import { createCallPieces } from "./call-pieces.ts";
import type { Plan } from "./request.ts";
import {
  blockedReason,
  checkedText,
  clientCalls,
  finishReason,
  head,
  imageOf,
  logprobs,
  messageExtras,
  textOf,
  textSignature,
  toolCall,
  usageOf,
} from "./response.ts";
import type { AnswerPart, Candidate, ErrorBody, GenerateContentResponse } from "./wire.ts";

/**
 * Gemini's events as OpenAI's chunks. Each event is a piece of an answer; function calls come out whole. Older models put a
 * finish reason on every event, so only the end of the stream says which one counts.
 */
export async function* chunks(
  body: AsyncIterable<Buffer>,
  context: AnswerContext<Plan>,
): AsyncGenerator<ChatCompletionChunk> {
  const { plan, model, withUsage } = context;
  const pieces = createCallPieces();
  let shared: ReturnType<typeof head> | undefined;
  let usage: Usage | undefined;
  let toolCalls = 0;
  let text = "";
  let isEmpty = true;
  let isStarted = false;
  let last: Candidate | undefined;
  let end: FinishReason | undefined;

  const chunk = (delta: Delta, finish_reason: FinishReason | null = null, logprobs: object | null = null) => ({
    ...(shared ??= head({}, model)),
    object: "chat.completion.chunk" as const,
    choices: [{ index: 0, delta, logprobs, finish_reason }],
    ...(withUsage && { usage: null }),
  });

  for await (const { data } of readEvents(body)) {
    if (data === "[DONE]") break;
    const event = read(data, context);
    shared ??= head(event, model);
    usage = usageOf(event.usageMetadata) ?? usage; // the last one that counts
    if (event.promptFeedback?.blockReason) end = blockedReason(event);
    const candidate = event.candidates?.find(({ index = 0 }) => index === 0);
    if (!candidate) continue;

    if (candidate.finishReason) last = candidate;
    const parts = [...pieces.add(candidate.content?.parts ?? []), ...(candidate.finishReason ? pieces.end() : [])];
    const calls = callDeltas(parts, toolCalls, context);
    const deltas = [...deltasOf(parts, candidate, plan), ...calls];
    toolCalls += calls.length;
    text += textOf(parts, false);
    isEmpty &&= text === "" && toolCalls === 0 && !parts.some(({ inlineData }) => inlineData);
    if (deltas.length > 0 && !isStarted) {
      isStarted = true;
      yield chunk(FIRST);
    }
    for (const [at, delta] of deltas.entries()) {
      yield chunk(delta, null, at === 0 ? logprobs(candidate.logprobsResult) : null);
    }
  }

  if (last?.finishReason) end ??= finishReason(last.finishReason, last.finishMessage, isEmpty, toolCalls > 0);
  if (end === undefined) throw upstreamBroke("Gemini");
  const held = plan.checked === undefined ? "" : checkedText(text, end, plan);
  if (!isStarted) yield chunk(FIRST);
  if (held !== "") yield chunk({ content: held });
  yield chunk({}, end);
  if (usage) yield { ...chunk({}), choices: [], usage };
}

const FIRST: Delta = { role: "assistant", content: "" };

/** @throws ApiError for an event that is an error, or no JSON. */
function read(data: string, context: AnswerContext<Plan>): GenerateContentResponse {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw upstreamUnreadable("Gemini", cause);
  }
  const event = Object(Array.isArray(value) ? value[0] : value) as GenerateContentResponse & ErrorBody;
  if (event.error) throw context.failure(event.error.code ?? 502, data);
  return event;
}

/** What an event adds to the answer, but for its calls. A text that is to be checked first is held back. */
function deltasOf(parts: readonly AnswerPart[], { groundingMetadata }: Candidate, { checked }: Plan): readonly Delta[] {
  const reasoning = textOf(parts, true);
  const content = checked === undefined ? textOf(parts, false) : "";
  const images = parts.flatMap(imageOf);
  const extras = messageExtras(textSignature(parts), groundingMetadata);
  return [
    ...(reasoning === "" ? [] : [{ reasoning_content: reasoning }]),
    ...(content === "" ? [] : [{ content }]),
    ...(images.length === 0 ? [] : [{ images }]),
    ...(extras ? [extras] : []),
  ];
}

/** Each call in one delta, with all of its arguments. */
function callDeltas(parts: readonly AnswerPart[], before: number, context: AnswerContext<Plan>): readonly Delta[] {
  if (context.plan.oneCall && before > 0) return [];
  return clientCalls(parts, context.plan).map((part, at) => ({
    tool_calls: [{ index: before + at, ...toolCall(part, context) }],
  }));
}
