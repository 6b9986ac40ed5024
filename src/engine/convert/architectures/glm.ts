import { bool, float32, uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, EXPERTS, HEAD_NORMS, SHARED_EXPERTS, type Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { SIGMOID } from "./gating.ts";
import { requireWholeHeads } from "./heads.ts";

const dense = {
  layer: { ...DENSE_LAYER, "mlp.gate_up_proj": "ffn_up" },
  activations: ["silu"],
  defaults: { partial_rotary_factor: 0.5 },
} as const;

/** GLM-4 of 2024: `glm-4-9b-chat-hf` and its kin. */
export const glm: Architecture = { ...dense, name: "chatglm", check: requireWholeHeads };

/** GLM-4-0414 and GLM-Z1, with norms after attention and feed-forward as well. */
export const glm4: Architecture = {
  ...dense,
  name: "glm4",
  layer: {
    ...dense.layer,
    post_self_attn_layernorm: "post_attention_norm",
    post_attention_layernorm: "ffn_norm",
    post_mlp_layernorm: "post_ffw_norm",
  },
};

/** GLM-4.5 and 4.6, whose first layers have no experts. */
export const glm4Moe: Architecture = {
  name: "glm4moe",
  layer: {
    ...DENSE_LAYER,
    ...HEAD_NORMS,
    ...EXPERTS,
    ...SHARED_EXPERTS,
    post_attention_layernorm: "post_attention_norm",
  },
  activations: ["silu"],
  defaults: { partial_rotary_factor: 0.5 },
  metadata: (config) => ({
    expert_count: uint32(config.n_routed_experts ?? 0),
    expert_used_count: uint32(config.num_experts_per_tok ?? 0),
    expert_shared_count: uint32(config.n_shared_experts ?? 0),
    expert_feed_forward_length: uint32(config.moe_intermediate_size ?? 0),
    leading_dense_block_count: uint32(config.first_k_dense_replace ?? 0),
    expert_weights_scale: float32(config.routed_scaling_factor ?? 1),
    expert_weights_norm: bool(config.norm_topk_prob ?? true),
    expert_gating_func: uint32(SIGMOID),
  }),
  check(config) {
    const { n_group: groups = 1 } = config;
    if (groups !== 1) throw unsupportedSetting(config, "n_group", groups, "1");
  },
};
