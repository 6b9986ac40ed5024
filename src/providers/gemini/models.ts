import { modelNotFound } from "../../api/error.ts";
import type { Model } from "../../api/models.ts";
import type { ListedModel, ModelList } from "./wire.ts";

/** What a model takes; Gemini answers 400 to what it does not. */
export interface Capabilities {
  readonly systemInstruction: boolean;
  readonly functions: boolean;
  /** JSON answers: not at all, by OpenAPI's subset of JSON Schema, or by JSON Schema. */
  readonly json: "none" | "openapi" | "schema";
  /** Whether JSON answers and tools go together. */
  readonly jsonWithTools: boolean;
  /** Mode `VALIDATED`: free to call or not, with arguments that fit the schema. */
  readonly validatedCalls: boolean;
  readonly penalties: boolean;
  readonly thinking: Thinking;
  /** Whether a function call that comes back must bear its thought signature. */
  readonly needsSignatures: boolean;
  /** Whether a function's answer may hold images; else they stand beside it. */
  readonly mediaInResponses: boolean;
}

/** How thinking is steered: not at all, by a budget in tokens, or by a level. */
export type Thinking =
  | { readonly by: "none" }
  | { readonly by: "budget"; readonly min: number; readonly max: number; readonly canBeOff: boolean }
  | { readonly by: "level"; readonly hasMinimal: boolean };

/** Models that are not known are taken for new ones. */
const NEWEST: Capabilities = {
  systemInstruction: true,
  functions: true,
  json: "schema",
  jsonWithTools: true,
  validatedCalls: true,
  penalties: false,
  thinking: { by: "level", hasMinimal: false },
  needsSignatures: true,
  mediaInResponses: true,
};

const GEMINI_3_FLASH: Capabilities = { ...NEWEST, thinking: { by: "level", hasMinimal: true } };

const GEMINI_2_5: Capabilities = {
  ...NEWEST,
  jsonWithTools: false,
  thinking: { by: "budget", min: 0, max: 24_576, canBeOff: true },
  needsSignatures: false,
  mediaInResponses: false,
};

const GEMINI_2: Capabilities = { ...GEMINI_2_5, validatedCalls: false, penalties: true, thinking: { by: "none" } };

const GEMINI_1: Capabilities = { ...GEMINI_2, json: "openapi" };

const GEMMA: Capabilities = {
  ...GEMINI_2,
  systemInstruction: false,
  functions: false,
  json: "none",
  penalties: false,
};

/**
 * By the model's name; the first row that fits counts.
 * Sources: https://ai.google.dev/gemini-api/docs/thinking, https://ai.google.dev/gemini-api/docs/structured-output
 */
const TABLE: readonly (readonly [RegExp, Capabilities])[] = [
  [/^gemma-[1-3]/, GEMMA],
  [/^gemma-/, { ...NEWEST, systemInstruction: false, thinking: { by: "none" }, needsSignatures: false }],
  [/^gemini-1/, GEMINI_1],
  [/^gemini-2\.0/, GEMINI_2],
  [/^gemini-2\.5-.*(image|tts|audio)/, { ...GEMINI_2_5, thinking: { by: "none" } }],
  [/^gemini-2\.5-pro/, { ...GEMINI_2_5, thinking: { by: "budget", min: 128, max: 32_768, canBeOff: false } }],
  [/^gemini-2\.5-flash-lite/, { ...GEMINI_2_5, thinking: { by: "budget", min: 512, max: 24_576, canBeOff: true } }],
  [/^gemini-2/, GEMINI_2_5],
  [/^gemini-3\.7-flash/, NEWEST],
  [/^gemini-3.*flash/, GEMINI_3_FLASH],
];

export function capabilities(model: string): Capabilities {
  const name = model.replace(/^models\//, "");
  return TABLE.find(([pattern]) => pattern.test(name))?.[1] ?? NEWEST;
}

/**
 * A model's name as Gemini's paths have it: `models/gemini-3-flash`; tuned models have a prefix of their own.
 * @throws ApiError 404 for what cannot be a name, so that nothing of it reaches the path.
 */
export function modelPath(model: string): string {
  if (!/^((models|tunedModels)\/)?[\w.@-]+$/.test(model)) throw modelNotFound(model);
  return model.includes("/") ? model : `models/${model}`;
}

const MAX_PAGES = 10;

/** Every model that answers chats or makes embeddings. */
export async function models(get: (path: string) => Promise<unknown>): Promise<readonly Model[]> {
  const found: Model[] = [];
  let token = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const list = (await get(
      `/v1beta/models?pageSize=1000${token && `&pageToken=${encodeURIComponent(token)}`}`,
    )) as ModelList;
    found.push(...(list.models ?? []).filter(isServed).map(entry));
    token = list.nextPageToken ?? "";
    if (token === "") break;
  }
  return found;
}

function isServed({ supportedGenerationMethods = [] }: ListedModel): boolean {
  return supportedGenerationMethods.includes("generateContent") || supportedGenerationMethods.includes("embedContent");
}

function entry({ name, inputTokenLimit, outputTokenLimit, supportedGenerationMethods = [] }: ListedModel): Model {
  return {
    id: name.replace(/^models\//, ""),
    object: "model",
    created: 0,
    owned_by: "google",
    ...(inputTokenLimit !== undefined && { context_length: inputTokenLimit }),
    ...(outputTokenLimit !== undefined && { max_output_tokens: outputTokenLimit }),
    capabilities: supportedGenerationMethods.includes("generateContent") ? ["chat"] : ["embeddings"],
  };
}
