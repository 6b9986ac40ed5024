import type { Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { fourfold } from "./fourfold.ts";
import { GELU } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";

/** GPT-2 and DialoGPT: positions are learned, and biases everywhere. */
export const gpt2: Architecture = {
  name: "gpt2",
  layer: {
    ln_1: "attn_norm",
    "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output",
    ln_2: "ffn_norm",
    "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
  },
  top: {
    "wte.weight": "token_embd.weight",
    "wpe.weight": "position_embd.weight",
    "ln_f.weight": "output_norm.weight",
    "ln_f.bias": "output_norm.bias",
  },
  activations: GELU,
  transposedLayers: true,
  metadata: layerNorm,
  defaults: { tie_word_embeddings: true },
  derived: fourfold,
  check(config) {
    const { scale_attn_weights: scaled = true, scale_attn_by_inverse_layer_idx: byLayer = false } = config;
    if (!scaled) throw unsupportedSetting(config, "scale_attn_weights", scaled, "true");
    if (byLayer) throw unsupportedSetting(config, "scale_attn_by_inverse_layer_idx", byLayer, "false");
  },
};
