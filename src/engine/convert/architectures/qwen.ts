import { uint32, type Metadata } from "../../formats/gguf.ts";
import { DENSE_LAYER, EXPERTS, HEAD_NORMS, type Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { requireWholeHeads } from "./heads.ts";
import { withWindowOrHeads } from "./sliding.ts";

const dense: Architecture = { name: "qwen2", layer: DENSE_LAYER, activations: ["silu"], check: requireWholeHeads };

/** Qwen 1.5 (from `Qwen2ForCausalLM` on), 2 and 2.5; of those that see as well, what they read and write. */
export const qwen2: Architecture = { ...dense, variant: withWindowOrHeads };

export const qwen3: Architecture = {
  name: "qwen3",
  layer: { ...DENSE_LAYER, ...HEAD_NORMS },
  activations: ["silu"],
  check(config) {
    if (config.attention_bias === true) throw unsupportedSetting(config, "attention_bias", true, "false");
  },
};

/** An expert that all tokens pass through, with a gate. */
export const SHARED_EXPERT: Architecture["layer"] = {
  "mlp.shared_expert.gate_proj": "ffn_gate_shexp",
  "mlp.shared_expert.up_proj": "ffn_up_shexp",
  "mlp.shared_expert.down_proj": "ffn_down_shexp",
  "mlp.shared_expert_gate": "ffn_gate_inp_shexp",
};

export const qwen2Moe: Architecture = {
  ...dense,
  name: "qwen2moe",
  needsOutput: true,
  layer: {
    ...DENSE_LAYER,
    ...EXPERTS,
    ...SHARED_EXPERT,
  },
  metadata: expertLengths,
  check: (config) => checkExperts(config, false),
};

export const qwen3Moe: Architecture = {
  ...qwen3,
  name: "qwen3moe",
  layer: { ...qwen3.layer, ...EXPERTS },
  metadata: expertLength,
  check: (config) => checkExperts(config, true),
};

export function expertLengths(config: ModelConfig): Metadata {
  const { shared_expert_intermediate_size: shared } = config;
  return {
    ...expertLength(config),
    ...(shared === undefined ? {} : { expert_shared_feed_forward_length: uint32(shared) }),
  };
}

function expertLength({ moe_intermediate_size: length }: ModelConfig): Metadata {
  return length === undefined ? {} : { expert_feed_forward_length: uint32(length) };
}

/** @param normalizes whether llama.cpp scales the weights of the chosen experts to a sum of one. */
export function checkExperts(config: ModelConfig, normalizes: boolean): void {
  const { norm_topk_prob: asked = false, decoder_sparse_step: step = 1, mlp_only_layers: dense = [] } = config;
  if (asked !== normalizes) throw unsupportedSetting(config, "norm_topk_prob", asked, String(normalizes));
  if (step !== 1) throw unsupportedSetting(config, "decoder_sparse_step", step, "1");
  if (dense.length > 0) throw unsupportedSetting(config, "mlp_only_layers", dense, "[]");
}
