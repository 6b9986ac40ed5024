import type { ChatCompletionChunk, Delta, FinishReason, Usage } from "../../api/chat.ts";
import type { Json } from "../../api/json.ts";
import { createEventDecoder, type ServerSentEvent } from "../../upstream/sse.ts";
import { type ChunkMaker, createChunkMaker } from "../chunk-maker.ts";
import { createEventReader } from "../event-reader.ts";
import type { AnswerContext } from "../http-provider.ts";
import type { ChatStream } from "../provider.ts";
import { translated } from "../translated.ts";
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
export function chunks(body: AsyncIterable<Buffer>, context: AnswerContext<Plan>): ChatStream {
  const { plan, model, withUsage } = context;
  const reader = createEventReader("Gemini", context.onSkipped);
  const pieces = createCallPieces();
  let chunk: ChunkMaker | undefined;
  let usage: Usage | undefined;
  let toolCalls = 0;
  let text = "";
  let isEmpty = true;
  let isStarted = false;
  let last: Candidate | undefined;
  let end: FinishReason | undefined;

  return translated<ServerSentEvent, Json<ChatCompletionChunk>>("Gemini", body, createEventDecoder(), {
    read({ data }, say) {
      if (data === "[DONE]") return;
      const value = reader.read(data);
      if (!value) return;
      const event = checked(value, data, context);
      chunk ??= createChunkMaker(head(event, model), withUsage);
      usage = usageOf(event.usageMetadata) ?? usage; // the last one that counts
      if (event.promptFeedback?.blockReason) end = blockedReason(event);
      const candidate = event.candidates?.find(({ index = 0 }) => index === 0);
      if (!candidate) return;

      if (candidate.finishReason) last = candidate;
      const parts = [...pieces.add(candidate.content?.parts ?? []), ...(candidate.finishReason ? pieces.end() : [])];
      const calls = callDeltas(parts, toolCalls, context);
      const deltas = [...deltasOf(parts, candidate, plan), ...calls];
      toolCalls += calls.length;
      text += textOf(parts, false);
      isEmpty &&= text === "" && toolCalls === 0 && !parts.some(({ inlineData }) => inlineData);
      if (deltas.length > 0 && !isStarted) {
        isStarted = true;
        say(chunk.delta(FIRST));
      }
      for (const [at, delta] of deltas.entries()) {
        say(chunk.delta(delta, null, at === 0 ? logprobs(candidate.logprobsResult) : null));
      }
    },

    end(say) {
      if (last?.finishReason) end ??= finishReason(last.finishReason, last.finishMessage, isEmpty, toolCalls > 0);
      if (end === undefined || !chunk) throw reader.broke();
      const held = plan.checked === undefined ? "" : checkedText(text, end, plan);
      if (!isStarted) say(chunk.delta(FIRST));
      if (held !== "") say(chunk.delta({ content: held }));
      say(chunk.delta({}, end));
      if (usage) say(chunk.usage(usage));
    },
  });
}

const FIRST: Delta = { role: "assistant", content: "" };

/** @throws ApiError for an event that is an error. */
function checked(value: object, data: string, context: AnswerContext<Plan>): GenerateContentResponse {
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
