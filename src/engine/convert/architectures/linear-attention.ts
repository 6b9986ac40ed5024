import { bools, uint32, type Metadata } from "../../formats/gguf.ts";
import type { Span } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";

/** How many heads a layer of linear attention has, and how long they are. */
export interface LinearHeads {
  readonly keys: number;
  readonly values: number;
  readonly size: number;
}

/** Of Qwen's models with a gated delta rule in most layers; what is left out is as in transformers. */
export function linearHeads(config: ModelConfig): LinearHeads {
  const { linear_num_key_heads: keys = 16, linear_num_value_heads: values = 32 } = config;
  return { keys, values, size: config.linear_key_head_dim ?? 128 };
}

/** What llama.cpp must know of these layers, and of which they are. */
export function linearAttention(config: ModelConfig): Metadata {
  const { keys, values, size } = linearHeads(config);
  const { num_hidden_layers: layers, layer_types: types, full_attention_interval: interval = 4 } = config;
  const isLinear = (index: number): boolean =>
    types == null ? (index + 1) % interval !== 0 : types[index] === "linear_attention";
  return {
    "ssm.conv_kernel": uint32(config.linear_conv_kernel_dim ?? 4),
    "ssm.state_size": uint32(size),
    "ssm.group_count": uint32(keys),
    "ssm.time_step_rank": uint32(values),
    "ssm.inner_size": uint32(values * size),
    "attention.recurrent_layers": bools(Array.from({ length: layers }, (_, index) => isLinear(index))),
  };
}

/** llama.cpp has one length for all heads. */
export function checkLinearAttention(config: ModelConfig): void {
  const { linear_value_head_dim: length = 128, attention_bias: bias = false } = config;
  const { size } = linearHeads(config);
  if (length !== size) throw unsupportedSetting(config, "linear_value_head_dim", length, String(size));
  if (bias) throw unsupportedSetting(config, "attention_bias", bias, "false");
}

/**
 * Heads of values, so many rows each, from those of the first key to those of the last, as the repository has them; llama.cpp
 * wants the first of each key, then the second of each key.
 * @param start the row at which they begin.
 */
export function valuesByTurns({ keys, values }: LinearHeads, rows: number, start = 0): readonly Span[] {
  const perKey = values / keys;
  return Array.from({ length: values }, (_, index) => {
    const head = (index % keys) * perKey + Math.floor(index / keys);
    return { from: start + head * rows, count: rows };
  });
}
