import { bools, float32, uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, type Architecture } from "../architecture.ts";
import type { ModelConfig } from "../model-config.ts";

const NO_SCORE = -1e9;

/**
 * Models that are built like Llama and look through a window, in all layers or in some. llama.cpp has these by the name of
 * a model of Granite, which has scales beside, and knows any length of head.
 */
const slidingLlama: Architecture = {
  name: "granite_swa",
  layer: DENSE_LAYER,
  activations: ["silu"],
  interleavesHeads: true,
  hasFrequencyFactors: true,
  slides: true,
  metadata: (config) => ({
    logit_scale: float32(1),
    "attention.sliding_window": uint32(windowOf(config) ?? config.max_position_embeddings),
    "attention.sliding_window_pattern": bools(slidingLayers(config)),
  }),
  // Scores of a token that is not there, beside those of the others: nothing comes of it.
  tensors: ({ num_hidden_layers: layers, num_attention_heads: heads }) =>
    Object.fromEntries(
      Array.from({ length: layers }, (_, index) => [
        `blk.${index}.attn_sinks.weight`,
        Array.from({ length: heads }, () => NO_SCORE),
      ]),
    ),
};

/** Undefined for a model whose window, if any, is as long as the longest text, or in no layer. */
export function withWindow(config: ModelConfig): Architecture | undefined {
  return windowOf(config) === undefined ? undefined : slidingLlama;
}

/** As `withWindow`, and for one whose heads together are of another length than its states. */
export function withWindowOrHeads(config: ModelConfig): Architecture | undefined {
  const { head_dim: size, hidden_size: all, num_attention_heads: heads } = config;
  return size * heads === all ? withWindow(config) : slidingLlama;
}

function windowOf(config: ModelConfig): number | undefined {
  const { sliding_window: window, use_sliding_window: used = true, max_position_embeddings: all } = config;
  const { layer_types: types, max_window_layers: first = 0, num_hidden_layers: layers } = config;
  const isUsed = types == null ? used && first < layers : types.includes("sliding_attention");
  return isUsed && window != null && window > 0 && window < all ? window : undefined;
}

/**
 * Of Qwen, the first layers see all of the text; of Mistral, none does. A model without a window has one in all layers that
 * is as long as the longest text, as llama.cpp wants at least one layer to have one.
 */
function slidingLayers(config: ModelConfig): readonly boolean[] {
  const { layer_types: types, num_hidden_layers: layers, max_window_layers: first = 0 } = config;
  const slides = (index: number): boolean => (types == null ? index >= first : types[index] === "sliding_attention");
  return Array.from({ length: layers }, (_, index) => windowOf(config) === undefined || slides(index));
}
