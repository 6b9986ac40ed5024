import { bool, float32, int32s, uint32, type Metadata } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { SIGMOID } from "./gating.ts";
import { ATTENTION, keyHeads } from "./layer-types.ts";
import { checkMamba2, mamba2Layer, mamba2Metadata, type Mamba2Shape } from "./mamba2.ts";

/** The letters of `hybrid_override_pattern`, and the kinds of layers that they stand for. */
const KINDS: Readonly<Record<string, string>> = { M: "mamba", "*": "attention", "-": "mlp", E: "moe" };
const FEED_FORWARD = /^(?:mlp|moe)$/;

/**
 * Nemotron-H and Nemotron Nano 2: each layer is either Mamba 2, attention or a feed-forward.
 * Source: https://huggingface.co/docs/transformers/model_doc/nemotron_h
 */
const dense: Architecture = {
  name: "nemotron_h",
  layer: {
    norm: "attn_norm",
    ...mamba2Layer("mixer", shape),
    "mixer.q_proj": "attn_q",
    "mixer.k_proj": "attn_k",
    "mixer.v_proj": "attn_v",
    "mixer.o_proj": "attn_output",
    "mixer.up_proj": "ffn_up",
    "mixer.down_proj": "ffn_down",
  },
  top: { "embeddings.weight": "token_embd.weight", "norm_f.weight": "output_norm.weight" },
  activations: ["relu2"],
  needsOutput: true,
  derived,
  metadata: (config) => layers(config, config.intermediate_size),
  check(config) {
    checkMamba2(config);
    const { layer_types: types = [] } = config;
    if (types?.includes("mlp") && types.includes("moe"))
      throw unsupportedSetting(config, "layer_types", types, "mlp or moe");
  },
};

/** Nemotron 3: its feed-forwards have experts without gates. */
const withExperts: Architecture = {
  ...dense,
  name: "nemotron_h_moe",
  layer: {
    ...dense.layer,
    "mixer.gate": "ffn_gate_inp",
    "mixer.gate.e_score_correction_bias": "exp_probs_b.bias",
    "mixer.experts.*.up_proj": "ffn_up_exps",
    "mixer.experts.*.down_proj": "ffn_down_exps",
    "mixer.experts.up_proj": "ffn_up_exps",
    "mixer.experts.down_proj": "ffn_down_exps",
    "mixer.shared_experts.up_proj": "ffn_up_shexp",
    "mixer.shared_experts.down_proj": "ffn_down_shexp",
    "mixer.fc1_latent_proj": "ffn_latent_down",
    "mixer.fc2_latent_proj": "ffn_latent_up",
  },
  metadata: (config) => ({ ...layers(config, config.moe_intermediate_size ?? 0), ...experts(config) }),
};

export const nemotronH: Architecture = {
  ...dense,
  variant: ({ layer_types: types }) => (types?.includes("moe") ? withExperts : undefined),
};

function derived(config: Partial<ModelConfig>): Partial<ModelConfig> {
  const { hybrid_override_pattern: pattern = "", layers_block_type: given } = config;
  const types = given ?? Array.from(pattern, (letter) => KINDS[letter] ?? letter);
  return {
    layer_types: types,
    num_hidden_layers: types.length,
    rms_norm_eps: config.layer_norm_epsilon ?? 1e-5,
    hidden_act: config.mlp_hidden_act ?? "relu2",
    head_dim: config.head_dim ?? config.attention_head_dim ?? 128,
  };
}

function layers(config: ModelConfig, length: number): Metadata {
  const isFeedForward = (config.layer_types ?? []).map((type) => FEED_FORWARD.test(type));
  return {
    ...mamba2Metadata(shape(config)),
    // llama.cpp asks for it, and does not use it.
    "attention.layer_norm_epsilon": float32(config.rms_norm_eps),
    "attention.head_count_kv": int32s(keyHeads(config, ATTENTION)),
    feed_forward_length: int32s(isFeedForward.map((is) => (is ? length : 0))),
  };
}

function experts(config: ModelConfig): Metadata {
  return {
    expert_count: uint32(config.n_routed_experts ?? 8),
    expert_used_count: uint32(config.num_experts_per_tok ?? 2),
    expert_feed_forward_length: uint32(config.moe_intermediate_size ?? 0),
    expert_shared_count: uint32(config.n_shared_experts ?? 1),
    expert_shared_feed_forward_length: uint32(config.moe_shared_expert_intermediate_size ?? 0),
    expert_weights_norm: bool(config.norm_topk_prob ?? true),
    expert_weights_scale: float32(config.routed_scaling_factor ?? 1),
    expert_gating_func: uint32(SIGMOID),
    ...(config.moe_latent_size == null ? {} : { moe_latent_size: uint32(config.moe_latent_size) }),
  };
}

function shape(config: ModelConfig): Mamba2Shape {
  const heads = config.mamba_num_heads ?? 128;
  return {
    heads,
    inner: heads * (config.mamba_head_dim ?? 64),
    groups: config.n_groups ?? 8,
    state: config.ssm_state_size ?? 128,
    kernel: config.conv_kernel ?? 4,
  };
}
