import { bool, uint32, type Metadata } from "../formats/gguf.ts";
import type { ModelConfig } from "./model-config.ts";

/** How llama.cpp makes one vector of all tokens' states, by sentence-transformers' names. */
export type Pooling = "mean" | "cls" | "lasttoken";

/** Source: `llama_pooling_type` of https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h */
const POOLING_TYPES: Readonly<Record<Pooling, number>> = { mean: 1, cls: 2, lasttoken: 3 };

/** What llama.cpp must know of a model that makes embeddings beside its shape. */
export function poolingSettings(config: ModelConfig, pooling: Pooling): Metadata {
  return {
    pooling_type: uint32(POOLING_TYPES[pooling]),
    ...(seesAll(config) ? { "attention.causal": bool(false) } : {}),
  };
}

/**
 * Whether tokens see those after them, too: by a setting of transformers, or because the repository brings code of its
 * own that has no other way, as that of gte-Qwen2 does (https://huggingface.co/Alibaba-NLP/gte-Qwen2-7B-instruct).
 */
export function seesAll({ is_causal, use_bidirectional_attention, auto_map }: ModelConfig): boolean {
  if (is_causal === false || use_bidirectional_attention === true) return true;
  return auto_map?.AutoModel === "modeling_qwen.Qwen2Model";
}
