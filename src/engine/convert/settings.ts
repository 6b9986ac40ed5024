import { float32, string, uint32, type Metadata } from "../formats/gguf.ts";
import type { Architecture } from "./architecture.ts";
import { unsupportedSetting, type ModelConfig } from "./model-config.ts";

/**
 * What llama.cpp must know of a model's shape, rope left out.
 * @throws EngineError `unsupported` for a setting that llama.cpp computes otherwise.
 */
export function settings(config: ModelConfig, architecture: Architecture): Metadata {
  const activation = config.hidden_act;
  if (activation !== undefined && !architecture.activations.includes(activation)) {
    throw unsupportedSetting(config, "hidden_act", activation, architecture.activations.join(", "));
  }
  if (architecture.tied === true && config.tie_word_embeddings === false && writes(config)) {
    throw unsupportedSetting(config, "tie_word_embeddings", false, "true");
  }
  architecture.check?.(config);
  return {
    block_count: uint32(config.num_hidden_layers),
    context_length: uint32(contextLength(config, architecture)),
    embedding_length: uint32(config.hidden_size),
    feed_forward_length: uint32(config.intermediate_size),
    "attention.head_count": uint32(config.num_attention_heads),
    "attention.head_count_kv": uint32(config.num_key_value_heads),
    "attention.key_length": uint32(config.head_dim),
    "attention.value_length": uint32(config.head_dim),
    "attention.layer_norm_rms_epsilon": float32(config.rms_norm_eps),
    ...experts(config),
    ...architecture.metadata?.(config),
  };
}

/** Whether it has an output matrix at all: what only embeds or ranks has none. */
function writes({ architecture }: ModelConfig): boolean {
  return architecture.endsWith("ForCausalLM") || architecture.endsWith("ForConditionalGeneration");
}

/**
 * Settings under the names that they have in the file, and the family's. The model's own name is left out: llama.cpp
 * takes one with `phi3` in it for a sign that the vocabulary has certain tokens, and fails where it has not.
 */
export function withPrefix({ name }: Architecture, settings: Metadata): Metadata {
  const prefixed = Object.entries(settings).map(([key, value]) => [`${name}.${key}`, value] as const);
  return { "general.architecture": string(name), ...Object.fromEntries(prefixed) };
}

/** Where llama.cpp does not know of a sliding window, its answers are the model's only as long as all fits into it. */
function contextLength(config: ModelConfig, { slides = false }: Architecture): number {
  const { max_position_embeddings: all, sliding_window: window, use_sliding_window: used = true } = config;
  return slides || window == null || window === 0 || !used ? all : Math.min(all, window);
}

function experts({ num_local_experts: local, num_experts: other, num_experts_per_tok: used }: ModelConfig): Metadata {
  const count = local ?? other;
  if (count == null || count === 0) return {};
  return { expert_count: uint32(count), expert_used_count: uint32(used ?? 2) };
}
