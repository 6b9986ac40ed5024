import { float32, uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, type Architecture, type Place } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { checkRotatedLayers } from "./llama.ts";

/** The experts' matrices have a row for each input, gate before up. */
const half = (index: 0 | 1): Pick<Place, "isTransposed" | "rows"> => ({
  isTransposed: true,
  rows: ({ intermediate_size: count }) => [{ from: index * count, count }],
});

/** Llama 4, what it reads and writes. Source: https://huggingface.co/docs/transformers/model_doc/llama4 */
export const llama4: Architecture = {
  name: "llama4",
  layer: {
    ...DENSE_LAYER,
    "feed_forward.gate_proj": "ffn_gate",
    "feed_forward.up_proj": "ffn_up",
    "feed_forward.down_proj": "ffn_down",
    "feed_forward.router": "ffn_gate_inp",
    "feed_forward.experts.gate_up_proj": [
      { name: "ffn_gate_exps.weight", ...half(0), shape: expertShape },
      { name: "ffn_up_exps.weight", ...half(1), shape: expertShape },
    ],
    "feed_forward.experts.down_proj": [{ name: "ffn_down_exps.weight", isTransposed: true }],
    "feed_forward.shared_expert.gate_proj": "ffn_gate_shexp",
    "feed_forward.shared_expert.up_proj": "ffn_up_shexp",
    "feed_forward.shared_expert.down_proj": "ffn_down_shexp",
  },
  activations: ["silu"],
  slides: true,
  hasFrequencyFactors: true,
  defaults: { rms_norm_eps: 1e-5, rope_theta: 500_000, head_dim: 128 },
  metadata: (config) => ({
    feed_forward_length: uint32(config.intermediate_size_mlp ?? 16_384),
    expert_feed_forward_length: uint32(config.intermediate_size),
    expert_used_count: uint32(config.num_experts_per_tok ?? 1),
    expert_weights_scale: float32(1),
    interleave_moe_layer_step: uint32(config.interleave_moe_layer_step ?? 1),
  }),
  check(config) {
    const isLarge = config.num_local_experts === MAVERICK_EXPERTS;
    require(config, "use_qk_norm", !isLarge, !isLarge);
    require(config, "attention_chunk_size", 8192, 8192);
    require(config, "attn_temperature_tuning", true, true);
    require(config, "attn_scale", 0.1, 0.1);
    require(config, "floor_scale", 8192, 8192);
    checkRotatedLayers(config);
  },
};

/** Of the larger model, by whose number of experts llama.cpp tells that heads are not normalised. */
const MAVERICK_EXPERTS = 128;

function expertShape([experts = 1, inputs = 1, outputs = 1]: readonly number[]): readonly number[] {
  return [experts, outputs / 2, inputs];
}

/** @param usual what a configuration means that does not have the field. */
function require(config: ModelConfig, field: keyof ModelConfig, usual: unknown, supported: unknown): void {
  const value = config[field] ?? usual;
  if (value !== supported && Number(value) !== supported)
    throw unsupportedSetting(config, field, value, String(supported));
}
