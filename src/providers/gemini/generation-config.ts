import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import { answerSchema, jsonInstruction } from "../json-output.ts";
import type { Capabilities } from "./models.ts";
import { openApiSchema } from "./schema.ts";
import { thinkingConfig } from "./thinking.ts";
import type { GenerationConfig } from "./wire.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const MAX_STOP_SEQUENCES = 5;
/** Penalties lie between -2 and 2, both excluded. */
const MAX_PENALTY = 1.99;

/** All that steers how the answer is written, but for its form (`outputFormat`). */
export function generationConfig(body: ChatCompletionRequest, can: Capabilities, receipt: Receipt): GenerationConfig {
  const { temperature, top_p, top_k } = body;
  const maxOutputTokens = body.max_completion_tokens ?? body.max_tokens;
  return {
    ...(temperature != null && { temperature }),
    ...(top_p != null && { topP: top_p }),
    ...(typeof top_k === "number" && { topK: top_k }),
    ...(maxOutputTokens != null && { maxOutputTokens }),
    ...stopSequences(body, receipt),
    ...seed(body, receipt),
    ...penalties(body, can, receipt),
    ...logprobs(body),
    ...responseModalities(body, receipt),
    ...thinkingConfig(body, can.thinking, receipt),
  };
}

function stopSequences({ stop }: ChatCompletionRequest, receipt: Receipt): GenerationConfig {
  const sequences = (typeof stop === "string" ? [stop] : (stop ?? [])).filter((sequence) => sequence !== "");
  if (sequences.length > MAX_STOP_SEQUENCES) {
    receipt.refuse("stop", {
      en: `has ${sequences.length} sequences. Gemini takes at most ${MAX_STOP_SEQUENCES}.`,
      "zh-TW": `有 ${sequences.length} 個停止序列，Gemini 最多接受 ${MAX_STOP_SEQUENCES} 個。`,
    });
  }
  return sequences.length > 0 ? { stopSequences: sequences.slice(0, MAX_STOP_SEQUENCES) } : {};
}

/** Gemini's seeds have 32 bits: larger ones lose the upper ones. */
function seed({ seed }: ChatCompletionRequest, receipt: Receipt): GenerationConfig {
  if (seed == null) return {};
  const short = seed | 0;
  if (short !== seed) receipt.note("clamped", "seed");
  return { seed: short };
}

/** 0, the default, says nothing; newer models take no penalties at all. */
function penalties(
  { presence_penalty, frequency_penalty }: ChatCompletionRequest,
  can: Capabilities,
  receipt: Receipt,
): GenerationConfig {
  const penalty = (field: string, value: number | null | undefined): number | undefined => {
    if (!value) return undefined;
    const within = Math.min(Math.max(value, -MAX_PENALTY), MAX_PENALTY);
    if (!can.penalties) receipt.note("dropped", field);
    else if (within !== value) receipt.note("clamped", field);
    return can.penalties ? within : undefined;
  };
  const presencePenalty = penalty("presence_penalty", presence_penalty);
  const frequencyPenalty = penalty("frequency_penalty", frequency_penalty);
  return {
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
  };
}

function logprobs({ logprobs, top_logprobs }: ChatCompletionRequest): GenerationConfig {
  if (logprobs !== true) return {};
  return { responseLogprobs: true, ...(typeof top_logprobs === "number" && { logprobs: top_logprobs }) };
}

function responseModalities({ modalities, audio }: ChatCompletionRequest, receipt: Receipt): GenerationConfig {
  const wanted = Array.isArray(modalities) ? modalities.map((modality) => String(modality).toLowerCase()) : [];
  const others = wanted.filter((modality) => modality !== "text" && modality !== "image");
  if (others.length > 0)
    receipt.refuse("modalities", {
      en: `holds '${others[0]}'. Gemini answers in 'text' and 'image' here.`,
      "zh-TW": `含有「${others[0]}」，Gemini 在這裡只以「text」與「image」回答。`,
    });
  if (audio != null)
    receipt.refuse("audio", {
      en: "cannot be had: Gemini answers in 'text' and 'image' here.",
      "zh-TW": "Gemini 在這裡只以「text」與「image」回答。",
    });
  return wanted.includes("image") ? { responseModalities: ["TEXT", "IMAGE"] } : {};
}

/** The answer's form: as a setting, or, where the model has none, as an instruction and a check of the answer. */
export interface OutputFormat {
  readonly config: GenerationConfig;
  readonly instruction?: string;
  /** What the answer is checked against. */
  readonly checked?: JsonSchema;
}

/** @param withTools whether the model is given tools: those before 3 do not take both at once. */
export function outputFormat(
  { response_format }: ChatCompletionRequest,
  can: Capabilities,
  withTools: boolean,
  receipt: Receipt,
): OutputFormat {
  if (response_format == null || response_format.type === "text") return { config: {} };
  const schema = answerSchema(response_format);
  if (can.json !== "none" && (can.jsonWithTools || !withTools)) {
    return { config: { responseMimeType: "application/json", ...schemaField(schema, can, receipt) } };
  }
  receipt.note("emulated", "response_format");
  return { config: {}, instruction: jsonInstruction(schema), checked: schema ?? {} };
}

function schemaField(schema: JsonSchema | undefined, can: Capabilities, receipt: Receipt): GenerationConfig {
  if (schema === undefined || Object.keys(schema).length === 0) return {};
  if (can.json === "schema") return { responseJsonSchema: schema };
  const converted = openApiSchema(schema);
  for (const keyword of converted.lost) receipt.note("dropped", `response_format.json_schema.schema.${keyword}`);
  return { responseSchema: converted.schema };
}
