import { DENSE_LAYER, type Architecture } from "../architecture.ts";

/** GLM-4 of 2024: `glm-4-9b-chat-hf` and its kin. */
export const glm: Architecture = {
  name: "chatglm",
  layer: { ...DENSE_LAYER, "mlp.gate_up_proj": "ffn_up" },
  activations: ["silu"],
  defaults: { partial_rotary_factor: 0.5 },
};

/** GLM-4-0414 and GLM-Z1, with norms after attention and feed-forward as well. */
export const glm4: Architecture = {
  ...glm,
  name: "glm4",
  layer: {
    ...glm.layer,
    post_self_attn_layernorm: "post_attention_norm",
    post_attention_layernorm: "ffn_norm",
    post_mlp_layernorm: "post_ffw_norm",
  },
};
