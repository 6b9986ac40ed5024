import { randomUUID } from "node:crypto";
import type { AssistantMessage, ChatCompletion, Choice, FinishReason, ToolCall, Usage } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import type { AnswerContext } from "../http-provider.ts";
import { checkJson, unfenced } from "../json-output.ts";
import { newToolCallId } from "../openai-compatible/completion.ts";
import { createCallPieces } from "./call-pieces.ts";
import type { Plan } from "./request.ts";
import { signatureFields, signatureState } from "./signature.ts";
import type {
  AnswerFunctionCall,
  AnswerPart,
  Candidate,
  ErrorBody,
  GenerateContentResponse,
  LogprobsResult,
  ModalityTokens,
  TokenLogprob,
  UsageMetadata,
} from "./wire.ts";

/**
 * Gemini's answer in OpenAI's words. A prompt that was blocked is an empty answer with `content_filter`.
 * @throws ApiError 502 for an answer that holds nothing and does not say why that is right.
 */
export function completion(reply: unknown, context: AnswerContext<Plan>): ChatCompletion {
  const answer = Object(reply) as GenerateContentResponse & ErrorBody;
  if (answer.error) throw context.failure(answer.error.code ?? 502, JSON.stringify(reply));
  const candidates = answer.candidates ?? [];
  const usage = usageOf(answer.usageMetadata);
  return {
    ...head(answer, context.model),
    object: "chat.completion",
    choices: candidates.length > 0 ? candidates.map((one, index) => choice(one, index, context)) : [blocked(answer)],
    ...(usage && { usage }),
  };
}

/** What all chunks of an answer share. */
export function head(answer: GenerateContentResponse, model: string): Pick<ChatCompletion, "id" | "created" | "model"> {
  return {
    id: `chatcmpl-${answer.responseId ?? randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: answer.modelVersion ?? model,
  };
}

function choice(candidate: Candidate, index: number, context: AnswerContext<Plan>): Choice {
  const pieces = createCallPieces();
  const parts = [...pieces.add(candidate.content?.parts ?? []), ...pieces.end()];
  const calls = clientCalls(parts, context.plan).map((part) => toolCall(part, context));
  const images = parts.flatMap(imageOf);
  const reasoning = textOf(parts, true);
  const text = textOf(parts, false);
  const isEmpty = text === "" && calls.length === 0 && images.length === 0;
  // An answer that came whole needs no reason to be whole.
  const finish_reason = finishReason(
    candidate.finishReason ?? "STOP",
    candidate.finishMessage,
    isEmpty,
    calls.length > 0,
  );
  const content = checkedText(text, finish_reason, context.plan);
  const message: AssistantMessage = {
    role: "assistant",
    content: content === "" && calls.length > 0 ? null : content,
    refusal: null,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(images.length > 0 && { images }),
    ...messageExtras(textSignature(parts), candidate.groundingMetadata),
  };
  return { index, message, logprobs: logprobs(candidate.logprobsResult), finish_reason };
}

/**
 * A whole answer's text, without the code fence that models like to put around JSON.
 * @throws ApiError 502 where it had to be JSON of a certain form, and is not.
 */
export function checkedText(text: string, finishReason: FinishReason, { checked }: Plan): string {
  if (checked === undefined || finishReason !== "stop") return text;
  const json = unfenced(text);
  checkJson(json, checked);
  return json;
}

function blocked(answer: GenerateContentResponse): Choice {
  const finish_reason = blockedReason(answer);
  return { index: 0, message: { role: "assistant", content: "", refusal: null }, logprobs: null, finish_reason };
}

/**
 * `content_filter` for a prompt that was blocked.
 * @throws ApiError 502 for an answer without candidates that was not blocked.
 */
export function blockedReason({ promptFeedback }: GenerateContentResponse): FinishReason {
  if (promptFeedback?.blockReason) return "content_filter";
  throw empty(promptFeedback?.blockReasonMessage);
}

/** The parts with calls for the client to answer; calls of Google's own tools are none of its concern. */
export function clientCalls(parts: readonly AnswerPart[], { oneCall }: Plan): readonly AnswerPart[] {
  const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
  return oneCall ? calls.slice(0, 1) : calls;
}

/** Keeps the thought signature, and gives it to the client too. */
export function toolCall({ functionCall = {}, thoughtSignature }: AnswerPart, context: AnswerContext<Plan>): ToolCall {
  const id = functionCall.id || newToolCallId();
  if (thoughtSignature) context.keep(id, signatureState(thoughtSignature));
  return { id, type: "function", function: called(functionCall, context), ...signatureFields(thoughtSignature) };
}

function called(
  { name = "", args = {} }: AnswerFunctionCall,
  { plan }: AnswerContext<Plan>,
): NonNullable<ToolCall["function"]> {
  return { name: plan.names.client(name), arguments: JSON.stringify(args) };
}

/** @param thought whether the text is what the model thought, or what it answered. */
export function textOf(parts: readonly AnswerPart[], thought: boolean): string {
  return parts.map((part) => ((part.thought === true) === thought ? (part.text ?? "") : "")).join("");
}

/** An image as OpenRouter and others have it: OpenAI's chat has no place for images in an answer. */
export function imageOf({ inlineData }: AnswerPart): readonly object[] {
  if (!inlineData?.data) return [];
  const url = `data:${inlineData.mimeType ?? "application/octet-stream"};base64,${inlineData.data}`;
  return [{ type: "image_url", image_url: { url } }];
}

/** The signature of the answer's text; those of calls stand on the calls. */
export function textSignature(parts: readonly AnswerPart[]): string | undefined {
  return parts.findLast((part) => part.text !== undefined && part.thoughtSignature !== undefined)?.thoughtSignature;
}

/** What only Google knows of a message: its signature, and the sources that the search found. */
export function messageExtras(
  signature: string | undefined,
  groundingMetadata: object | undefined,
): { readonly extra_content: object } | undefined {
  const google = {
    ...(signature && { thought_signature: signature }),
    ...(groundingMetadata && { grounding_metadata: groundingMetadata }),
  };
  return Object.keys(google).length > 0 ? { extra_content: { google } } : undefined;
}

/** Source: https://ai.google.dev/api/generate-content#FinishReason */
const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  LANGUAGE: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
  MODEL_ARMOR: "content_filter",
};

/**
 * @param isEmpty whether there is neither text, call nor image.
 * @throws ApiError 502 when the model gave up (`MALFORMED_FUNCTION_CALL`, `OTHER` …) before it said anything: an empty
 *   `stop` would make agents ask for ever.
 */
export function finishReason(
  reason: string,
  message: string | undefined,
  isEmpty: boolean,
  hasToolCalls: boolean,
): FinishReason {
  const known = Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason] : undefined;
  if (known === undefined && isEmpty) throw empty(message ?? reason);
  return (known ?? "stop") === "stop" && hasToolCalls ? "tool_calls" : (known ?? "stop");
}

function empty(why: string | undefined): ApiError {
  const reason = why?.slice(0, 500);
  const message = {
    en: `Gemini gave no answer${reason ? `: ${reason}` : "."}`,
    "zh-TW": `Gemini 沒有回答${reason ? `：${reason}` : "。"}`,
  };
  return new ApiError(502, "api_error", message, { code: "upstream_incomplete" });
}

/** Source: https://ai.google.dev/api/generate-content#UsageMetadata */
export function usageOf(metadata: UsageMetadata | undefined): Usage | undefined {
  if (metadata?.promptTokenCount === undefined && metadata?.totalTokenCount === undefined) return undefined;
  const {
    promptTokenCount = 0,
    toolUsePromptTokenCount = 0,
    candidatesTokenCount = 0,
    thoughtsTokenCount = 0,
  } = metadata;
  const prompt_tokens = promptTokenCount + toolUsePromptTokenCount;
  const completion_tokens = candidatesTokenCount + thoughtsTokenCount;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: metadata.totalTokenCount ?? prompt_tokens + completion_tokens,
    prompt_tokens_details: {
      cached_tokens: metadata.cachedContentTokenCount ?? 0,
      ...audioTokens(metadata.promptTokensDetails),
    },
    completion_tokens_details: {
      reasoning_tokens: thoughtsTokenCount,
      ...audioTokens(metadata.candidatesTokensDetails),
    },
  };
}

function audioTokens(details: readonly ModalityTokens[] = []): { readonly audio_tokens?: number } {
  const tokens = details.find(({ modality }) => modality === "AUDIO")?.tokenCount;
  return tokens === undefined ? {} : { audio_tokens: tokens };
}

/** OpenAI's `logprobs`; null where none were asked for. */
export function logprobs(result: LogprobsResult | undefined): object | null {
  if (!result?.chosenCandidates) return null;
  const content = result.chosenCandidates.map((chosen, index) => ({
    ...tokenLogprob(chosen),
    top_logprobs: (result.topCandidates?.[index]?.candidates ?? []).map(tokenLogprob),
  }));
  return { content, refusal: null };
}

function tokenLogprob({ token = "", logProbability = 0 }: TokenLogprob): object {
  return { token, logprob: logProbability, bytes: [...Buffer.from(token)] };
}
