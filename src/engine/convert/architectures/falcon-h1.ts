import { DENSE_LAYER, type Architecture, type Span } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { checkMamba2, mamba2Layer, mamba2Metadata, mambaShape } from "./mamba2.ts";

/**
 * Each layer has attention and Mamba 2 side by side. What it multiplies states with is in the weights of its file.
 * Source: https://huggingface.co/docs/transformers/model_doc/falcon_h1
 */
export const falconH1: Architecture = {
  name: "falcon-h1",
  layer: {
    ...DENSE_LAYER,
    ...mamba2Layer("mamba", mambaShape),
    "mamba.in_proj": [{ name: "ssm_in.weight", rows: scaledParts }],
    // llama.cpp has it without `.weight`.
    pre_ff_layernorm: [{ name: "ffn_norm" }],
    "feed_forward.gate_proj": "ffn_gate",
    "feed_forward.up_proj": "ffn_up",
    "feed_forward.down_proj": "ffn_down",
  },
  top: { "final_layernorm.weight": "output_norm.weight" },
  activations: ["silu"],
  needsOutput: true,
  hasFrequencyFactors: true,
  times,
  metadata: (config) => mamba2Metadata(mambaShape(config)),
  check(config) {
    checkMamba2(config);
    const { mamba_rms_norm: norms = false, mamba_norm_before_gate: early = true } = config;
    if (norms && early) throw unsupportedSetting(config, "mamba_norm_before_gate", early, "false");
    const { attention_bias, mlp_bias, mamba_proj_bias, projectors_bias } = config;
    for (const [field, bias] of Object.entries({ attention_bias, mlp_bias, mamba_proj_bias, projectors_bias }))
      if (bias === true) throw unsupportedSetting(config, field, bias, "false");
  },
};

function times(config: ModelConfig): Readonly<Record<string, number>> {
  const { attention_in_multiplier: into = 1, mlp_multipliers: [gate = 1, down = 1] = [] } = config;
  return {
    "token_embd.weight": config.embedding_multiplier ?? 1,
    "output.weight": config.lm_head_multiplier ?? 1,
    "attn_q.weight": into,
    "attn_k.weight": into * (config.key_multiplier ?? 1),
    "attn_v.weight": into,
    "attn_output.weight": config.attention_out_multiplier ?? 1,
    "ssm_out.weight": config.ssm_out_multiplier ?? 1,
    "ffn_gate.weight": gate,
    "ffn_down.weight": down,
  };
}

/** Gate, value, what goes into the state, what comes out of it, and the steps: each has a factor of its own. */
function scaledParts(config: ModelConfig): readonly Span[] {
  const { heads, inner, groups, state } = mambaShape(config);
  const { ssm_in_multiplier: all = 1, ssm_multipliers: each = [] } = config;
  let from = 0;
  return [inner, inner, groups * state, groups * state, heads].map((count, index) => {
    const span = { from, count, times: all * (each[index] ?? 1) };
    from += count;
    return span;
  });
}
