import { DENSE_LAYER, type Architecture } from "../architecture.ts";

/** Hunyuan without experts: query and key are normalised after they have been rotated. */
export const hunyuan: Architecture = {
  name: "hunyuan-dense",
  layer: {
    ...DENSE_LAYER,
    "self_attn.query_layernorm": "attn_q_norm",
    "self_attn.key_layernorm": "attn_k_norm",
  },
  activations: ["silu"],
};
