import { DENSE_LAYER, type Architecture } from "../architecture.ts";

/** Source: https://huggingface.co/docs/transformers/model_doc/seed_oss */
export const seedOss: Architecture = {
  name: "seed_oss",
  layer: { ...DENSE_LAYER, post_attention_layernorm: "post_attention_norm" },
  activations: ["silu"],
};
