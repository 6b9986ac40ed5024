import { float32, uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, type Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { withWindow } from "./sliding.ts";

/** Llama 2 and 3, and the many models that are built like them: SmolLM, Yi, TinyLlama, Mistral. */
export const llama: Architecture = {
  name: "llama",
  layer: DENSE_LAYER,
  activations: ["silu"],
  interleavesHeads: true,
  hasFrequencyFactors: true,
};

/** Of the first version, and of Ministral, layers look through a window. */
export const mistral: Architecture = { ...llama, variant: withWindow };

/** Source: https://huggingface.co/docs/transformers/model_doc/mixtral */
export const mixtral: Architecture = {
  ...llama,
  layer: {
    ...DENSE_LAYER,
    "block_sparse_moe.gate": "ffn_gate_inp",
    "block_sparse_moe.experts.*.w1": "ffn_gate_exps",
    "block_sparse_moe.experts.*.w3": "ffn_up_exps",
    "block_sparse_moe.experts.*.w2": "ffn_down_exps",
    "block_sparse_moe.experts.gate_up_proj": ["ffn_gate_exps", "ffn_up_exps"],
    "block_sparse_moe.experts.down_proj": "ffn_down_exps",
    "mlp.gate": "ffn_gate_inp",
    "mlp.experts.gate_up_proj": ["ffn_gate_exps", "ffn_up_exps"],
    "mlp.experts.down_proj": "ffn_down_exps",
  },
};

/** Every fourth layer has no rope. Source: https://huggingface.co/docs/transformers/model_doc/smollm3 */
export const smollm3: Architecture = {
  ...llama,
  name: "smollm3",
  hasFrequencyFactors: false,
  check: checkRotatedLayers,
};

/** llama.cpp leaves rope out in every fourth layer. */
export function checkRotatedLayers(config: ModelConfig): void {
  const { no_rope_layers: rotates } = config;
  if (rotates?.some((rotated, index) => Boolean(rotated) !== ((index + 1) % 4 !== 0)))
    throw unsupportedSetting(config, "no_rope_layers", rotates, "every fourth layer");
}

/** Source: https://huggingface.co/docs/transformers/model_doc/granite */
export const granite: Architecture = {
  ...llama,
  name: "granite",
  metadata: (config) => ({
    "attention.scale": float32(config.attention_multiplier ?? 1),
    embedding_scale: float32(config.embedding_multiplier ?? 1),
    residual_scale: float32(config.residual_multiplier ?? 1),
    logit_scale: float32(config.logits_scaling ?? 1),
  }),
};

/** Source: https://huggingface.co/docs/transformers/model_doc/granitemoe */
export const graniteMoe: Architecture = {
  ...granite,
  name: "granitemoe",
  layer: {
    ...DENSE_LAYER,
    "block_sparse_moe.router.layer": "ffn_gate_inp",
    "block_sparse_moe.input_linear": ["ffn_gate_exps", "ffn_up_exps"],
    "block_sparse_moe.output_linear": "ffn_down_exps",
    "block_sparse_moe.experts.gate_up_proj": ["ffn_gate_exps", "ffn_up_exps"],
    "block_sparse_moe.experts.down_proj": "ffn_down_exps",
    "shared_mlp.input_linear": ["ffn_gate_shexp", "ffn_up_shexp"],
    "shared_mlp.output_linear": "ffn_down_shexp",
  },
  metadata: (config) => ({
    ...granite.metadata?.(config),
    ...(config.shared_intermediate_size === undefined
      ? {}
      : { expert_shared_feed_forward_length: uint32(config.shared_intermediate_size) }),
  }),
};

/** Llama without a gate. Source: https://huggingface.co/docs/transformers/model_doc/arcee */
export const arcee: Architecture = { ...llama, name: "arcee", activations: ["relu2"] };
