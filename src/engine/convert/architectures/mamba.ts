import { bool, uint32, type Metadata } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { checkMamba2, mamba2Layer, mamba2Metadata, type Mamba2Shape } from "./mamba2.ts";

/** A state knows no positions: no text is too long for it. */
const CONTEXT_TOKENS = 2 ** 20;
const TOP: Readonly<Record<string, string>> = {
  "embeddings.weight": "token_embd.weight",
  "norm_f.weight": "output_norm.weight",
};
const NO_ATTENTION: Metadata = {
  "attention.head_count": uint32(0),
  "attention.head_count_kv": uint32(0),
  feed_forward_length: uint32(0),
};

/** The first Mamba. Source: https://huggingface.co/docs/transformers/model_doc/mamba */
export const mamba: Architecture = {
  name: "mamba",
  layer: {
    norm: "attn_norm",
    "mixer.in_proj": "ssm_in",
    "mixer.conv1d": "ssm_conv1d",
    "mixer.x_proj": "ssm_x",
    "mixer.dt_proj": "ssm_dt",
    "mixer.A_log": [{ name: "ssm_a", isLogDecay: true }],
    "mixer.D": [{ name: "ssm_d" }],
    "mixer.out_proj": "ssm_out",
  },
  top: TOP,
  activations: ["silu"],
  derived,
  metadata: (config) => ({
    ...NO_ATTENTION,
    "ssm.conv_kernel": uint32(config.conv_kernel ?? 4),
    "ssm.inner_size": uint32(config.intermediate_size),
    "ssm.state_size": uint32(config.state_size ?? 16),
    "ssm.time_step_rank": uint32(stepRank(config)),
    "ssm.dt_b_c_rms": bool(false),
  }),
  check,
};

/** Its steps and projections are normalised. Source: https://huggingface.co/docs/transformers/model_doc/falcon_mamba */
export const falconMamba: Architecture = {
  ...mamba,
  metadata: (config) => ({ ...mamba.metadata?.(config), "ssm.dt_b_c_rms": bool(true) }),
};

/** Source: https://huggingface.co/docs/transformers/model_doc/mamba2 */
export const mamba2: Architecture = {
  name: "mamba2",
  layer: { norm: "attn_norm", ...mamba2Layer("mixer", shape) },
  top: TOP,
  activations: ["silu"],
  derived,
  metadata: (config) => ({ ...NO_ATTENTION, ...mamba2Metadata(shape(config)) }),
  check(config) {
    check(config);
    checkMamba2(config);
  },
};

function shape(config: ModelConfig): Mamba2Shape {
  return {
    heads: config.num_heads ?? 128,
    inner: config.intermediate_size,
    groups: config.n_groups ?? 8,
    state: config.state_size ?? 128,
    kernel: config.conv_kernel ?? 4,
  };
}

function stepRank({ time_step_rank: rank = "auto", hidden_size: size }: ModelConfig): number {
  return rank === "auto" ? Math.ceil(size / 16) : rank;
}

function derived({ hidden_size: size = 0, expand = 2, ...config }: Partial<ModelConfig>): Partial<ModelConfig> {
  return {
    num_attention_heads: 1,
    intermediate_size: expand * size,
    max_position_embeddings: CONTEXT_TOKENS,
    rms_norm_eps: config.layer_norm_epsilon ?? 1e-5,
  };
}

function check(config: ModelConfig): void {
  const { use_bias: bias = false, use_conv_bias: shifts = true, expand = 2 } = config;
  if (bias) throw unsupportedSetting(config, "use_bias", bias, "false");
  if (!shifts) throw unsupportedSetting(config, "use_conv_bias", shifts, "true");
  if (expand !== 2) throw unsupportedSetting(config, "expand", expand, "2");
}
