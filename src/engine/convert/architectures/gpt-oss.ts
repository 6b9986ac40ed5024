import { uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, type Architecture, type Place } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { ropeFields } from "../rope.ts";

/** llama.cpp has these built in. */
const LIMIT = 7;
const ALPHA = 1.702;

/** The rows of the experts' gate and up take turns. */
const GATE_AND_UP: readonly Place[] = [
  { name: "ffn_gate_exps.weight", turn: 0 },
  { name: "ffn_up_exps.weight", turn: 1 },
];
const halfOfEach = ([experts = 0, length = 0]: readonly number[]): readonly number[] => [experts, length / 2];

/**
 * OpenAI's open models: experts in four bits, every other layer with a window, and a sink for each head's attention.
 * Source: https://huggingface.co/docs/transformers/model_doc/gpt_oss
 */
export const gptOss: Architecture = {
  name: "gpt-oss",
  layer: {
    ...DENSE_LAYER,
    post_attention_layernorm: "post_attention_norm",
    "self_attn.sinks": "attn_sinks",
    "mlp.router": "ffn_gate_inp",
    "mlp.experts.gate_up_proj_blocks": GATE_AND_UP,
    "mlp.experts.down_proj_blocks": "ffn_down_exps",
    "mlp.experts.gate_up_proj": GATE_AND_UP.map((place) => ({ ...place, isTransposed: true })),
    "mlp.experts.down_proj": [{ name: "ffn_down_exps.weight", isTransposed: true }],
    "mlp.experts.gate_up_proj_bias": [
      { name: "ffn_gate_exps.bias", turn: 0, shape: halfOfEach },
      { name: "ffn_up_exps.bias", turn: 1, shape: halfOfEach },
    ],
    "mlp.experts.down_proj_bias": "ffn_down_exps.bias",
  },
  activations: ["silu"],
  slides: true,
  needsOutput: true,
  metadata: (config) => ({
    expert_feed_forward_length: uint32(config.intermediate_size),
    "attention.sliding_window": uint32(config.sliding_window ?? config.max_position_embeddings),
  }),
  defaults: { rope_theta: 150_000, rms_norm_eps: 1e-5 },
  derived: withRoundedLimits,
  check(config) {
    const { layer_types: types, attention_bias: bias = true } = config;
    const { swiglu_limit: limit = LIMIT, swiglu_alpha: alpha = ALPHA } = config;
    if (types?.some((type, index) => (type === "sliding_attention") !== (index % 2 === 0)) === true) {
      throw unsupportedSetting(config, "layer_types", types, "sliding_attention and full_attention by turns");
    }
    if (!bias) throw unsupportedSetting(config, "attention_bias", bias, "true");
    if (limit !== LIMIT) throw unsupportedSetting(config, "swiglu_limit", limit, String(LIMIT));
    if (alpha !== ALPHA) throw unsupportedSetting(config, "swiglu_alpha", alpha, String(ALPHA));
  },
};

/**
 * llama.cpp rounds the limits between long and short waves to whole dimensions, 8.09 and 17.40 to 8 and 18, with which all
 * of its users run the model: a wave differs by 0.0003 of a radian a token at most.
 */
function withRoundedLimits(config: Partial<ModelConfig>): Partial<ModelConfig> {
  return { rope_parameters: { ...ropeFields(config), truncate: true } };
}
