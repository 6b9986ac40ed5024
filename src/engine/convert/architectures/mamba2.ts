import { uint32, type Metadata } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";

/** A layer of Mamba 2, which families name in different ways. */
export interface Mamba2Shape {
  readonly heads: number;
  /** Of all heads together. */
  readonly inner: number;
  /** Of heads, that share what goes into the state and out of it. */
  readonly groups: number;
  /** How much a head keeps for each of its dimensions. */
  readonly state: number;
  /** How many tokens the convolution sees. */
  readonly kernel: number;
}

/** As Falcon-H1 and Granite 4 name it; without a width of its own, it is a multiple of a state's. */
export function mambaShape(config: ModelConfig): Mamba2Shape {
  return {
    heads: config.mamba_n_heads ?? 128,
    inner: config.mamba_d_ssm ?? (config.mamba_expand ?? 2) * config.hidden_size,
    groups: config.mamba_n_groups ?? 1,
    state: config.mamba_d_state ?? 256,
    kernel: config.mamba_d_conv ?? 4,
  };
}

/** @param prefix what stands before the names in a layer. */
export function mamba2Layer(prefix: string, shapeOf: (config: ModelConfig) => Mamba2Shape): Architecture["layer"] {
  return {
    [`${prefix}.in_proj`]: "ssm_in",
    [`${prefix}.conv1d`]: "ssm_conv1d",
    [`${prefix}.dt_bias`]: [{ name: "ssm_dt.bias" }],
    [`${prefix}.A_log`]: [{ name: "ssm_a", shape: ([heads = 1]) => [heads, 1], isLogDecay: true }],
    [`${prefix}.D`]: [{ name: "ssm_d", shape: ([heads = 1]) => [heads, 1] }],
    [`${prefix}.norm`]: [
      {
        name: "ssm_norm.weight",
        shape: ([size = 1], config) => [shapeOf(config).groups, size / shapeOf(config).groups],
      },
    ],
    [`${prefix}.out_proj`]: "ssm_out",
  };
}

export function mamba2Metadata({ heads, inner, groups, state, kernel }: Mamba2Shape): Metadata {
  return {
    "ssm.conv_kernel": uint32(kernel),
    "ssm.inner_size": uint32(inner),
    "ssm.state_size": uint32(state),
    "ssm.time_step_rank": uint32(heads),
    "ssm.group_count": uint32(groups),
  };
}

/** llama.cpp takes steps of any length. */
export function checkMamba2(config: ModelConfig): void {
  const { time_step_limit: limit } = config;
  const isBound = limit !== undefined && (limit[0] !== 0 || typeof limit[1] === "number");
  if (isBound) throw unsupportedSetting(config, "time_step_limit", limit, "[0, Infinity]");
}
