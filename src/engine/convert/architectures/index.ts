import { EngineError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import { gemma, gemma2, gemma3, gemmaEmbedding } from "./gemma.ts";
import { cohere, cohere2 } from "./cohere.ts";
import { ernie45 } from "./ernie.ts";
import { exaone, exaone4 } from "./exaone.ts";
import { glm, glm4, glm4Moe } from "./glm.ts";
import { hunyuan } from "./hunyuan.ts";
import { internlm2 } from "./internlm.ts";
import { arcee, granite, graniteHybrid, graniteMoe, llama, mistral, mixtral, smollm3 } from "./llama.ts";
import { mistral3 } from "./mistral.ts";
import { nemotron } from "./nemotron.ts";
import { olmo, olmo2, olmoe } from "./olmo.ts";
import { phi2, phi3 } from "./phi.ts";
import { qwen2, qwen2Moe, qwen3, qwen3Moe } from "./qwen.ts";
import { seedOss } from "./seed-oss.ts";
import { stablelm } from "./stablelm.ts";
import { starcoder2 } from "./starcoder.ts";

/** By the name in `config.json`; to add one, add its line. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  LlamaForCausalLM: llama,
  InternLM2ForCausalLM: internlm2,
  InternLM3ForCausalLM: llama,
  ArceeForCausalLM: arcee,
  SmolVLMForConditionalGeneration: llama,
  Idefics3ForConditionalGeneration: llama,
  MistralForCausalLM: mistral,
  MinistralForCausalLM: mistral,
  Ministral3ForCausalLM: mistral3,
  Mistral3ForConditionalGeneration: mistral3,
  MixtralForCausalLM: mixtral,
  SmolLM3ForCausalLM: smollm3,
  Qwen2ForCausalLM: qwen2,
  Qwen2VLForConditionalGeneration: qwen2,
  Qwen2_5_VLForConditionalGeneration: qwen2,
  Qwen2MoeForCausalLM: qwen2Moe,
  Qwen3ForCausalLM: qwen3,
  Qwen3VLForConditionalGeneration: qwen3,
  Qwen3MoeForCausalLM: qwen3Moe,
  GemmaForCausalLM: gemma,
  Gemma2ForCausalLM: gemma2,
  Gemma3ForCausalLM: gemma3,
  Gemma3ForConditionalGeneration: gemma3,
  PhiForCausalLM: phi2,
  Phi3ForCausalLM: phi3,
  GlmForCausalLM: glm,
  Glm4ForCausalLM: glm4,
  Glm4MoeForCausalLM: glm4Moe,
  GraniteForCausalLM: granite,
  GraniteMoeForCausalLM: graniteMoe,
  GraniteMoeSharedForCausalLM: graniteMoe,
  GraniteMoeHybridForCausalLM: graniteHybrid,
  OlmoForCausalLM: olmo,
  Olmo2ForCausalLM: olmo2,
  Olmo3ForCausalLM: olmo2,
  OlmoeForCausalLM: olmoe,
  CohereForCausalLM: cohere,
  Cohere2ForCausalLM: cohere2,
  Ernie4_5ForCausalLM: ernie45,
  Ernie4_5_ForCausalLM: ernie45,
  ExaoneForCausalLM: exaone,
  Exaone4ForCausalLM: exaone4,
  HunYuanDenseV1ForCausalLM: hunyuan,
  NemotronForCausalLM: nemotron,
  SeedOssForCausalLM: seedOss,
  StableLmForCausalLM: stablelm,
  StableLMEpochForCausalLM: stablelm,
  Starcoder2ForCausalLM: starcoder2,
};

/** By the name in `config.json` of a model without its output matrix. */
const HEADLESS: ReadonlyMap<string, Architecture> = new Map([
  ...Object.entries(ARCHITECTURES).map(
    ([name, architecture]) => [name.replace(/For(?:CausalLM|ConditionalGeneration)$/, "Model"), architecture] as const,
  ),
  ["Gemma3TextModel", gemmaEmbedding],
]);

/** Language models that can make embeddings, by the name in `config.json`. */
export const EMBEDDER_ARCHITECTURES: readonly string[] = [...Object.keys(ARCHITECTURES), ...HEADLESS.keys()];

/** @throws EngineError `unsupported` if there is no such one. */
export function findEmbedder(name: string, model: string): Architecture {
  return HEADLESS.get(name) ?? findArchitecture(name, model);
}

/** @throws EngineError `unsupported` if there is no such one. */
export function findArchitecture(name: string, model: string): Architecture {
  const architecture = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (architecture !== undefined) return architecture;
  const supported = Object.keys(ARCHITECTURES).join(", ");
  const message = `${model} is of the architecture ${name}, which cannot chat here; supported: ${supported}. A repository of the same model with .gguf files may work.`;
  throw new EngineError("unsupported", message);
}
