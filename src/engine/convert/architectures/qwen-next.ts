import { int32s, type Metadata } from "../../formats/gguf.ts";
import { DENSE_LAYER, EXPERTS, HEAD_NORMS, type Architecture, type Place, type Span } from "../architecture.ts";
import { ropeFields } from "../rope.ts";
import type { ModelConfig } from "../model-config.ts";
import { checkLinearAttention, linearAttention, linearHeads, valuesByTurns } from "./linear-attention.ts";
import { checkExperts, expertLengths, SHARED_EXPERT } from "./qwen.ts";

const ATTENTION: Architecture["layer"] = {
  ...DENSE_LAYER,
  ...HEAD_NORMS,
  post_attention_layernorm: "post_attention_norm",
};

/** Source: https://huggingface.co/docs/transformers/model_doc/qwen3_next */
export const qwen3Next: Architecture = {
  name: "qwen3next",
  layer: {
    ...ATTENTION,
    ...EXPERTS,
    ...SHARED_EXPERT,
    "linear_attn.in_proj_qkvz": [
      { name: "attn_qkv.weight", rows: (config) => [0, 1, 2].flatMap((part) => mixedRows(config, part)) },
      { name: "attn_gate.weight", rows: (config) => mixedRows(config, 3) },
    ],
    "linear_attn.in_proj_ba": "ssm_ba",
    "linear_attn.conv1d": "ssm_conv1d",
    "linear_attn.dt_bias": [{ name: "ssm_dt.bias" }],
    "linear_attn.A_log": [{ name: "ssm_a", isLogDecay: true }],
    "linear_attn.norm": "ssm_norm",
    "linear_attn.out_proj": "ssm_out",
  },
  activations: ["silu"],
  normsFromOne: true,
  defaults: { partial_rotary_factor: 0.25, head_dim: 256 },
  metadata: (config) => ({ ...linearAttention(config), ...expertLengths(config) }),
  check(config) {
    checkLinearAttention(config);
    checkExperts({ norm_topk_prob: true, ...config }, true);
  },
};

/** Query, key, value and gate stand together for each key head: the rows of one of the four. */
function mixedRows(config: ModelConfig, part: number): readonly Span[] {
  const { keys, values, size } = linearHeads(config);
  const lengths = [size, size, (values / keys) * size, (values / keys) * size];
  const before = lengths.slice(0, part).reduce((sum, length) => sum + length, 0);
  const all = lengths.reduce((sum, length) => sum + length, 0);
  return Array.from({ length: keys }, (_, key) => ({ from: key * all + before, count: lengths[part] ?? 0 }));
}

const mixed: Pick<Place, "rows"> = {
  rows(config) {
    const heads = linearHeads(config);
    const start = 2 * heads.keys * heads.size;
    return [{ from: 0, count: start }, ...valuesByTurns(heads, heads.size, start)];
  },
};
const values = (config: ModelConfig): readonly Span[] => valuesByTurns(linearHeads(config), linearHeads(config).size);
const numbers = (config: ModelConfig): readonly Span[] => valuesByTurns(linearHeads(config), 1);

/** Qwen 3.5, what it reads and writes. Source: https://huggingface.co/docs/transformers/model_doc/qwen3_5 */
export const qwen35: Architecture = {
  name: "qwen35",
  layer: {
    ...ATTENTION,
    "linear_attn.in_proj_qkv": [{ name: "attn_qkv.weight", ...mixed }],
    "linear_attn.in_proj_z": [{ name: "attn_gate.weight", rows: values }],
    "linear_attn.in_proj_b": [{ name: "ssm_beta.weight", rows: numbers }],
    "linear_attn.in_proj_a": [{ name: "ssm_alpha.weight", rows: numbers }],
    "linear_attn.conv1d": [{ name: "ssm_conv1d.weight", ...mixed }],
    "linear_attn.dt_bias": [{ name: "ssm_dt.bias", rows: numbers }],
    "linear_attn.A_log": [{ name: "ssm_a", rows: numbers, isLogDecay: true }],
    "linear_attn.norm": "ssm_norm",
    "linear_attn.out_proj": [{ name: "ssm_out.weight", columns: values }],
  },
  activations: ["silu"],
  normsFromOne: true,
  defaults: qwen3Next.defaults ?? {},
  metadata: (config) => ({ ...linearAttention(config), ...ropeSections(config) }),
  check: checkLinearAttention,
};

export const qwen35Moe: Architecture = {
  ...qwen35,
  name: "qwen35moe",
  layer: { ...qwen35.layer, ...EXPERTS, ...SHARED_EXPERT },
  metadata: (config) => ({ ...qwen35.metadata?.(config), ...expertLengths(config) }),
  // All layers have experts, so there is no other length.
  derived: ({ moe_intermediate_size: length = 512 }) => ({ intermediate_size: length }),
};

/** The three positions of a picture's parts are one in a text, yet llama.cpp wants to know of them. */
function ropeSections(config: ModelConfig): Metadata {
  const [time = 0, height = 0, width = 0] = ropeFields(config).mrope_section ?? [11, 11, 10];
  return { "rope.dimension_sections": int32s([time, height, width, 0]) };
}
