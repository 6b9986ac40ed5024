import { DENSE_LAYER, type Architecture } from "../architecture.ts";

/** ERNIE 4.5 without experts. Source: https://huggingface.co/docs/transformers/model_doc/ernie4_5 */
export const ernie45: Architecture = {
  name: "ernie4_5",
  layer: DENSE_LAYER,
  activations: ["silu"],
  defaults: { tie_word_embeddings: true, head_dim: 128, rope_theta: 500_000, rms_norm_eps: 1e-5 },
};
