import { DENSE_LAYER, FUSED_HEADS, type Architecture } from "../architecture.ts";
import { gpt2 } from "./gpt2.ts";
import { requireWholeHeads } from "./heads.ts";
import { layerNorm } from "./layer-norm.ts";

/** StarCoder 2: no gate, and biases everywhere. */
export const starcoder2: Architecture = {
  name: "starcoder2",
  layer: { ...DENSE_LAYER, "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down" },
  activations: ["gelu_pytorch_tanh"],
  metadata: layerNorm,
  check: requireWholeHeads,
  defaults: { tie_word_embeddings: true },
};

/** StarCoder 1: GPT-2 with one key head for all queries. */
export const starcoder: Architecture = {
  ...gpt2,
  name: "starcoder",
  layer: { ...gpt2.layer, "attn.c_attn": FUSED_HEADS },
  transposedLayers: false,
  derived: (config) => ({ ...gpt2.derived?.(config), ...(config.multi_query !== false && { num_key_value_heads: 1 }) }),
};
