import { FUSED_HEADS, type Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { fourfold } from "./fourfold.ts";
import { layerNorm } from "./layer-norm.ts";

/** BLOOM and BLOOMZ: attention falls off with the distance instead of knowing positions, and the embedding has a norm. */
export const bloom: Architecture = {
  name: "bloom",
  layer: {
    input_layernorm: "attn_norm",
    "self_attention.query_key_value": FUSED_HEADS,
    "self_attention.dense": "attn_output",
    post_attention_layernorm: "ffn_norm",
    "mlp.dense_h_to_4h": "ffn_up",
    "mlp.dense_4h_to_h": "ffn_down",
  },
  top: {
    "word_embeddings.weight": "token_embd.weight",
    "word_embeddings_layernorm.weight": "token_embd_norm.weight",
    "word_embeddings_layernorm.bias": "token_embd_norm.bias",
    "ln_f.weight": "output_norm.weight",
    "ln_f.bias": "output_norm.bias",
  },
  activations: [],
  metadata: layerNorm,
  defaults: { tie_word_embeddings: true },
  derived: fourfold,
  check(config) {
    const { apply_residual_connection_post_layernorm: late = false } = config;
    if (late) throw unsupportedSetting(config, "apply_residual_connection_post_layernorm", late, "false");
  },
};
