import type { ChatCompletionRequest } from "../../api/chat.ts";
import { type ApiError, invalidRequest } from "../../api/error.ts";
import { say, type Wording } from "../../messages/say.ts";
import type { GenerateRequest } from "../../engine/model.ts";

type SamplingFields = Pick<
  GenerateRequest,
  | "temperature"
  | "topP"
  | "topK"
  | "minP"
  | "seed"
  | "presencePenalty"
  | "frequencyPenalty"
  | "repetitionPenalty"
  | "logitBias"
  | "topLogprobs"
>;

/**
 * How tokens are chosen: OpenAI's fields, and `top_k`, `min_p` and `repetition_penalty` as vLLM has them (Ollama calls
 * the last one `repeat_penalty`).
 * @throws ApiError 400 for a value that is out of range.
 */
export function samplingFields(body: ChatCompletionRequest): SamplingFields {
  const topK = numberIn(body, "top_k", -1, Number.MAX_SAFE_INTEGER);
  const minP = numberIn(body, "min_p", 0, 1);
  const repetition = numberIn(body, "repetition_penalty", 0.01, 10) ?? numberIn(body, "repeat_penalty", 0.01, 10);
  const topLogprobs = topLogprobsOf(body);
  const logitBias = logitBiasOf(body);
  return {
    presencePenalty: body.presence_penalty ?? 0,
    frequencyPenalty: body.frequency_penalty ?? 0,
    ...(body.temperature == null ? {} : { temperature: body.temperature }),
    ...(body.top_p == null ? {} : { topP: body.top_p }),
    ...(body.seed == null ? {} : { seed: body.seed }),
    ...(topK === undefined ? {} : { topK: Math.max(0, Math.floor(topK)) }),
    ...(minP === undefined ? {} : { minP }),
    ...(repetition === undefined ? {} : { repetitionPenalty: repetition }),
    ...(logitBias && { logitBias }),
    ...(topLogprobs === undefined ? {} : { topLogprobs }),
  };
}

function numberIn(body: ChatCompletionRequest, field: string, min: number, max: number): number | undefined {
  const value = body[field];
  if (value == null) return undefined;
  if (typeof value === "number" && value >= min && value <= max) return value;
  throw outOfRange(field, value, between(min, max));
}

function topLogprobsOf({ logprobs, top_logprobs: top }: ChatCompletionRequest): number | undefined {
  if (logprobs === true) return Number(top ?? 0);
  if (top == null) return undefined;
  throw invalidRequest(say.topLogprobs, "top_logprobs");
}

function logitBiasOf({ logit_bias: biases }: ChatCompletionRequest): ReadonlyMap<number, number> | undefined {
  if (biases == null) return undefined;
  return new Map(
    Object.entries(biases).map(([token, bias]) => {
      if (!/^\d{1,9}$/.test(token))
        throw outOfRange("logit_bias", token, { en: "token ids as its keys", "zh-TW": "應以 token id 為鍵" });
      if (typeof bias === "number" && Math.abs(bias) <= 100) return [Number(token), bias];
      throw outOfRange(`logit_bias.${token}`, bias, between(-100, 100));
    }),
  );
}

function between(min: number, max: number): Wording {
  return { en: `a number from ${min} to ${max}`, "zh-TW": `應為 ${min} 到 ${max} 的數字` };
}

function outOfRange(field: string, value: unknown, expected: Wording): ApiError {
  const shown = JSON.stringify(value)?.slice(0, 100);
  const message = {
    en: `Invalid '${field}': expected ${expected.en}, but got ${shown}.`,
    "zh-TW": `「${field}」不正確：${expected["zh-TW"]}，收到的卻是 ${shown}。`,
  };
  return invalidRequest(message, field, "invalid_value");
}
