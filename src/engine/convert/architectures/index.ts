import { say } from "../../../messages/say.ts";
import { EngineError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import { baichuan, baichuan2 } from "./baichuan.ts";
import { bloom } from "./bloom.ts";
import { codeshell } from "./codeshell.ts";
import { cohere, cohere2 } from "./cohere.ts";
import { deepseek2, deepseek3 } from "./deepseek.ts";
import { ernie45 } from "./ernie.ts";
import { exaone, exaone4 } from "./exaone.ts";
import { falcon } from "./falcon.ts";
import { falconH1 } from "./falcon-h1.ts";
import { gemma, gemma2, gemma3, gemmaEmbedding } from "./gemma.ts";
import { gemma3n } from "./gemma3n.ts";
import { gemma4 } from "./gemma4.ts";
import { glm, glm4, glm4Moe } from "./glm.ts";
import { gptNeox } from "./gpt-neox.ts";
import { gptOss } from "./gpt-oss.ts";
import { gpt2 } from "./gpt2.ts";
import { codegen, gptj } from "./gptj.ts";
import { graniteHybrid } from "./granite-hybrid.ts";
import { hunyuan } from "./hunyuan.ts";
import { internlm2 } from "./internlm.ts";
import { lfm2, lfm2Moe } from "./lfm.ts";
import { arcee, granite, graniteMoe, llama, mistral, mixtral, smollm3 } from "./llama.ts";
import { llama4 } from "./llama4.ts";
import { falconMamba, mamba, mamba2 } from "./mamba.ts";
import { mistral3 } from "./mistral.ts";
import { mpt } from "./mpt.ts";
import { nemotron } from "./nemotron.ts";
import { nemotronH } from "./nemotron-h.ts";
import { olmo, olmo2, olmoe } from "./olmo.ts";
import { phi2, phi3 } from "./phi.ts";
import { qwen2, qwen2Moe, qwen3, qwen3Moe } from "./qwen.ts";
import { qwen35, qwen35Moe, qwen3Next } from "./qwen-next.ts";
import { qwen1 } from "./qwen1.ts";
import { seedOss } from "./seed-oss.ts";
import { stablelm } from "./stablelm.ts";
import { starcoder, starcoder2 } from "./starcoder.ts";

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
  Llama4ForCausalLM: llama4,
  Llama4ForConditionalGeneration: llama4,
  DeepseekV2ForCausalLM: deepseek2,
  DeepseekV3ForCausalLM: deepseek3,
  QWenLMHeadModel: qwen1,
  Qwen2ForCausalLM: qwen2,
  Qwen2VLForConditionalGeneration: qwen2,
  Qwen2_5_VLForConditionalGeneration: qwen2,
  Qwen2MoeForCausalLM: qwen2Moe,
  Qwen3ForCausalLM: qwen3,
  Qwen3VLForConditionalGeneration: qwen3,
  Qwen3MoeForCausalLM: qwen3Moe,
  Qwen3NextForCausalLM: qwen3Next,
  Qwen3_5ForCausalLM: qwen35,
  Qwen3_5ForConditionalGeneration: qwen35,
  Qwen3_5MoeForCausalLM: qwen35Moe,
  Qwen3_5MoeForConditionalGeneration: qwen35Moe,
  GemmaForCausalLM: gemma,
  Gemma2ForCausalLM: gemma2,
  Gemma3ForCausalLM: gemma3,
  Gemma3ForConditionalGeneration: gemma3,
  Gemma3nForCausalLM: gemma3n,
  Gemma3nForConditionalGeneration: gemma3n,
  Gemma4ForCausalLM: gemma4,
  Gemma4ForConditionalGeneration: gemma4,
  PhiForCausalLM: phi2,
  Phi3ForCausalLM: phi3,
  GlmForCausalLM: glm,
  Glm4ForCausalLM: glm4,
  Glm4MoeForCausalLM: glm4Moe,
  GptOssForCausalLM: gptOss,
  GraniteForCausalLM: granite,
  GraniteMoeForCausalLM: graniteMoe,
  GraniteMoeSharedForCausalLM: graniteMoe,
  GraniteMoeHybridForCausalLM: graniteHybrid,
  Lfm2ForCausalLM: lfm2,
  Lfm2VlForConditionalGeneration: lfm2,
  Lfm2MoeForCausalLM: lfm2Moe,
  FalconH1ForCausalLM: falconH1,
  MambaForCausalLM: mamba,
  FalconMambaForCausalLM: falconMamba,
  Mamba2ForCausalLM: mamba2,
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
  NemotronHForCausalLM: nemotronH,
  SeedOssForCausalLM: seedOss,
  StableLmForCausalLM: stablelm,
  StableLMEpochForCausalLM: stablelm,
  Starcoder2ForCausalLM: starcoder2,
  GPTBigCodeForCausalLM: starcoder,
  CodeShellForCausalLM: codeshell,
  GPT2LMHeadModel: gpt2,
  GPTJForCausalLM: gptj,
  CodeGenForCausalLM: codegen,
  GPTNeoXForCausalLM: gptNeox,
  FalconForCausalLM: falcon,
  BloomForCausalLM: bloom,
  BaiChuanForCausalLM: baichuan,
  BaichuanForCausalLM: baichuan2,
  MptForCausalLM: mpt,
  MPTForCausalLM: mpt,
};

/** By the name in `config.json` of a model without its output matrix. */
const HEADLESS: ReadonlyMap<string, Architecture> = new Map([
  ...Object.entries(ARCHITECTURES).map(
    ([name, architecture]) =>
      [name.replace(/(?:For(?:CausalLM|ConditionalGeneration)|LMHeadModel)$/, "Model"), architecture] as const,
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
  throw new EngineError("unsupported", say.cannotChat(model, name, supported));
}
