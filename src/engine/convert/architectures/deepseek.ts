import { bool, float32, uint32, type Metadata } from "../../formats/gguf.ts";
import { DENSE_LAYER, EXPERTS, SHARED_EXPERTS, type Architecture, type Span } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { ropeFields } from "../rope.ts";
import { SIGMOID, SOFTMAX } from "./gating.ts";

/**
 * Keys and values of all heads come of one short state each, which is what is kept of a token. The two halves of the matrix
 * that makes them stand together head by head; llama.cpp takes that of the keys the other way round.
 * Source: https://huggingface.co/docs/transformers/model_doc/deepseek_v2
 */
const KEYS_AND_VALUES: Architecture["layer"][string] = [
  {
    name: "attn_k_b.weight",
    isTransposed: true,
    blocks: (config) => headRows(config, "key"),
    shape: ([, width = 1], config) => [config.num_attention_heads, width, lengths(config).key],
  },
  {
    name: "attn_v_b.weight",
    rows: (config) => headRows(config, "value"),
    shape: ([, width = 1], config) => [config.num_attention_heads, lengths(config).value, width],
  },
];

/** By so many layers llama.cpp tells a model whose queries are made in one step. */
const LITE_LAYERS: ReadonlySet<number> = new Set([26, 27]);

/** V2-Lite, and Coder-V2-Lite. */
export const deepseek2: Architecture = {
  name: "deepseek2",
  layer: {
    ...DENSE_LAYER,
    ...EXPERTS,
    ...SHARED_EXPERTS,
    "self_attn.q_a_proj": "attn_q_a",
    "self_attn.q_a_layernorm": "attn_q_a_norm",
    "self_attn.q_b_proj": "attn_q_b",
    "self_attn.kv_a_proj_with_mqa": "attn_kv_a_mqa",
    "self_attn.kv_a_layernorm": "attn_kv_a_norm",
    "self_attn.kv_b_proj": KEYS_AND_VALUES,
  },
  activations: ["silu"],
  yarnScalesScores: true,
  derived: (config) => ({ head_dim: config.qk_rope_head_dim ?? 64, num_key_value_heads: 1 }),
  metadata: (config) => ({ ...attention(config), ...experts(config), expert_gating_func: uint32(SOFTMAX) }),
  check(config) {
    checkAttention(config);
    const { n_group: groups = 1, topk_method: method = "greedy" } = config;
    // Groups are chosen by their best expert, in llama.cpp by their best two.
    if (method === "group_limited_greedy" && groups !== 1) throw unsupportedSetting(config, "n_group", groups, "1");
  },
};

/** V3, R1, Kimi K2, Moonlight. Source: https://huggingface.co/docs/transformers/model_doc/deepseek_v3 */
export const deepseek3: Architecture = {
  ...deepseek2,
  metadata: (config) => ({
    ...attention(config),
    ...experts({ ...config, norm_topk_prob: config.norm_topk_prob ?? true }),
    expert_gating_func: uint32(SIGMOID),
  }),
  check: checkAttention,
};

function attention(config: ModelConfig): Metadata {
  const { q_lora_rank: queryRank, kv_lora_rank: rank = 512, qk_rope_head_dim: rotated = 64 } = config;
  const { key, value } = lengths(config);
  return {
    ...(queryRank == null ? {} : { "attention.q_lora_rank": uint32(queryRank) }),
    "attention.kv_lora_rank": uint32(rank),
    "attention.key_length": uint32(rank + rotated),
    "attention.value_length": uint32(rank),
    "attention.key_length_mla": uint32(key + rotated),
    "attention.value_length_mla": uint32(value),
  };
}

function experts(config: ModelConfig): Metadata {
  const { n_group: groups = 1, num_hidden_layers: layers, n_routed_experts: count } = config;
  return {
    leading_dense_block_count: uint32(count == null ? layers : (config.first_k_dense_replace ?? 0)),
    expert_count: uint32(count ?? 0),
    expert_used_count: uint32(count == null ? 0 : (config.num_experts_per_tok ?? 8)),
    expert_shared_count: uint32(config.n_shared_experts ?? 0),
    expert_feed_forward_length: uint32(config.moe_intermediate_size ?? config.intermediate_size),
    expert_weights_scale: float32(config.routed_scaling_factor ?? 1),
    expert_weights_norm: bool(config.norm_topk_prob ?? false),
    ...(groups > 1 && {
      expert_group_count: uint32(groups),
      expert_group_used_count: uint32(config.topk_group ?? groups),
    }),
  };
}

/** Of a head: what of it is not rotated of a key, and what a value has. */
function lengths({ qk_nope_head_dim: key = 128, v_head_dim: value = 128 }: ModelConfig): {
  readonly key: number;
  readonly value: number;
} {
  return { key, value };
}

function headRows(config: ModelConfig, part: "key" | "value"): readonly Span[] {
  const { key, value } = lengths(config);
  const [before, count] = part === "key" ? [0, key] : [key, value];
  return Array.from({ length: config.num_attention_heads }, (_, head) => ({
    from: head * (key + value) + before,
    count,
  }));
}

function checkAttention(config: ModelConfig): void {
  const { rope_interleave: neighbours = true, attention_bias: bias = false } = config;
  if (!neighbours) throw unsupportedSetting(config, "rope_interleave", neighbours, "true");
  if (bias) throw unsupportedSetting(config, "attention_bias", bias, "false");
  const { num_hidden_layers: layers, q_lora_rank: rank } = config;
  const isLite = LITE_LAYERS.has(layers);
  if ((rank == null) !== isLite) throw unsupportedSetting(config, "q_lora_rank", rank, isLite ? "null" : "a number");
  const { mscale, mscale_all_dim: all, ...rope } = ropeFields(config);
  if ((rope.rope_type ?? rope.type) === "yarn" && (all === undefined || mscale !== all))
    throw unsupportedSetting(config, "mscale", mscale, `that of mscale_all_dim, ${all}`);
}
