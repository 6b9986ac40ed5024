import { float32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, EXPERTS, HEAD_NORMS, type Architecture } from "../architecture.ts";
import { checkExperts } from "./qwen.ts";
import { window } from "./window.ts";

/** OLMo 1, whose norms have no weights. */
export const olmo: Architecture = {
  name: "olmo",
  layer: DENSE_LAYER,
  activations: ["silu"],
  interleavesHeads: true,
  metadata: ({ clip_qkv: limit }) => ({
    "attention.layer_norm_epsilon": float32(1e-5),
    ...(limit == null ? {} : { "attention.clamp_kqv": float32(limit) }),
  }),
};

/** OLMo 2 and 3: norms come after attention and feed-forward; 3 looks through a window in most layers. */
export const olmo2: Architecture = {
  name: "olmo2",
  layer: {
    ...DENSE_LAYER,
    ...HEAD_NORMS,
    post_attention_layernorm: "post_attention_norm",
    post_feedforward_layernorm: "post_ffw_norm",
  },
  activations: ["silu"],
  needsOutput: true,
  slides: true,
  metadata: (config) => (config.sliding_window == null ? {} : window(config, 4)),
};

export const olmoe: Architecture = {
  name: "olmoe",
  layer: { ...DENSE_LAYER, ...HEAD_NORMS, ...EXPERTS },
  activations: ["silu"],
  needsOutput: true,
  check: (config) => checkExperts(config, false),
};
