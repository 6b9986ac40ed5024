import { readJson } from "../formats/json.ts";
import type { GenerateRequest, Snapshot } from "../model.ts";
import type { SampledRequest } from "./sampling.ts";

/** How a model is best used where a request does not say. */
export interface Preset {
  readonly temperature: number;
  readonly topP: number;
  /** Instead of the one that the model's chat template puts in by itself. */
  readonly systemPrompt?: string;
}

/** What small models that are made to be sampled get when nobody advises better. */
const USUAL: Preset = { temperature: 0.7, topP: 0.95 };

const ADVISED: readonly (readonly [id: RegExp, preset: Preset])[] = [
  /** Without thinking first. Source: https://huggingface.co/Qwen/Qwen3-0.6B#best-practices */
  [/^Qwen\/Qwen3-/, { temperature: 0.7, topP: 0.8 }],
  /**
   * Source: https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct. At four bits, the system prompt of its template
   * makes it forget what it knows: asked for the capital of France, it names Paris twice in twenty instead of nineteen times.
   */
  [/\/SmolLM2-135M-Instruct-GGUF$/, { temperature: 0.2, topP: 0.9, systemPrompt: "" }],
];

interface GenerationConfig {
  readonly do_sample?: boolean;
  readonly temperature?: number;
  readonly top_p?: number;
}

/** What is advised for a model: by us, by the repository's `generation_config.json`, or what is usual. */
export async function readPreset(snapshot: Snapshot): Promise<Preset> {
  const advised = ADVISED.find(([id]) => id.test(snapshot.id))?.[1];
  if (advised) return advised;
  const config = await readJson<GenerationConfig>(snapshot, "generation_config.json");
  if (config?.do_sample !== true) return USUAL;
  return { temperature: config.temperature ?? 1, topP: config.top_p ?? 1 };
}

/** The request with what it leaves open filled in. */
export function withPreset(request: GenerateRequest, { temperature, topP, systemPrompt }: Preset): SampledRequest {
  const hasSystem = request.messages[0]?.role === "system";
  const messages =
    systemPrompt === undefined || hasSystem
      ? request.messages
      : [{ role: "system", content: systemPrompt }, ...request.messages];
  return { ...request, messages, temperature: request.temperature ?? temperature, topP: request.topP ?? topP };
}
