import { bool, int32s, uint32, type Metadata } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { SIGMOID } from "./gating.ts";
import { keyHeads } from "./layer-types.ts";

/** LFM 2, most of whose layers fold the last few states. Source: https://huggingface.co/docs/transformers/model_doc/lfm2 */
export const lfm2: Architecture = {
  name: "lfm2",
  layer: {
    operator_norm: "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.q_layernorm": "attn_q_norm",
    "self_attn.k_layernorm": "attn_k_norm",
    "self_attn.out_proj": "attn_output",
    "conv.in_proj": [{ name: "shortconv.in_proj.weight" }],
    "conv.conv": [{ name: "shortconv.conv.weight" }],
    "conv.out_proj": [{ name: "shortconv.out_proj.weight" }],
    ffn_norm: "ffn_norm",
    "feed_forward.w1": "ffn_gate",
    "feed_forward.w3": "ffn_up",
    "feed_forward.w2": "ffn_down",
  },
  top: { "embedding_norm.weight": "token_embd_norm.weight" },
  activations: ["silu"],
  defaults: { rope_theta: 1_000_000, norm_eps: 1e-5, tie_word_embeddings: true },
  derived: (config) => ({ ...usual(config), intermediate_size: feedForwardLength(config) }),
  metadata: convolution,
  check({ conv_bias: bias = false, ...config }) {
    if (bias) throw unsupportedSetting(config, "conv_bias", bias, "false");
  },
};

/** All but the first layers have experts. Source: https://huggingface.co/docs/transformers/model_doc/lfm2_moe */
export const lfm2Moe: Architecture = {
  ...lfm2,
  name: "lfm2moe",
  layer: {
    ...lfm2.layer,
    "feed_forward.gate": "ffn_gate_inp",
    "feed_forward.expert_bias": "exp_probs_b.bias",
    "feed_forward.experts.*.w1": "ffn_gate_exps",
    "feed_forward.experts.*.w3": "ffn_up_exps",
    "feed_forward.experts.*.w2": "ffn_down_exps",
    "feed_forward.experts.gate_up_proj": ["ffn_gate_exps", "ffn_up_exps"],
    "feed_forward.experts.down_proj": "ffn_down_exps",
  },
  derived: usual,
  metadata: (config) => ({
    ...convolution(config),
    expert_feed_forward_length: uint32(config.moe_intermediate_size ?? 1792),
    leading_dense_block_count: uint32(config.num_dense_layers ?? 2),
    expert_gating_func: uint32(SIGMOID),
    expert_weights_norm: bool(true),
  }),
  check(config) {
    lfm2.check?.(config);
    const { norm_topk_prob: normalizes = true, routed_scaling_factor: scale = 1 } = config;
    if (!normalizes) throw unsupportedSetting(config, "norm_topk_prob", normalizes, "true");
    if (scale !== 1) throw unsupportedSetting(config, "routed_scaling_factor", scale, "1");
  },
};

function convolution(config: ModelConfig): Metadata {
  return {
    "shortconv.l_cache": uint32(config.conv_L_cache ?? 3),
    "attention.head_count_kv": int32s(keyHeads(config, "full_attention")),
  };
}

/** What the first models of the family have under other names. */
function usual(config: Partial<ModelConfig>): Partial<ModelConfig> {
  const { full_attn_idxs: attention, num_hidden_layers: layers = 0, layer_types: types, norm_eps: epsilon } = config;
  const given = Array.from({ length: layers }, (_, index) =>
    attention == null || attention.includes(index) ? "full_attention" : "conv",
  );
  return {
    layer_types: types ?? given,
    ...(epsilon !== undefined && { rms_norm_eps: epsilon }),
    ...(config.tie_embedding !== undefined && { tie_word_embeddings: config.tie_embedding }),
  };
}

/** Source: `Lfm2MLP` of transformers. */
function feedForwardLength(config: Partial<ModelConfig>): number {
  const { block_ff_dim: given = config.intermediate_size ?? 0, block_auto_adjust_ff_dim: adjusts = true } = config;
  if (!adjusts) return given;
  const { block_ffn_dim_multiplier: multiplier, block_multiple_of: unit = 256 } = config;
  const length = Math.trunc(Math.trunc((2 * given) / 3) * (multiplier ?? 1));
  return unit * Math.ceil(length / unit);
}
