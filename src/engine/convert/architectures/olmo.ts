import { bools, float32, uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, EXPERTS, HEAD_NORMS, type Architecture } from "../architecture.ts";
import { checkExperts } from "./qwen.ts";

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
  metadata({ sliding_window: size, layer_types: types, num_hidden_layers: layers }) {
    if (size == null) return {};
    const slides = Array.from({ length: layers }, (_, index) =>
      types == null ? (index + 1) % 4 !== 0 : types[index] === "sliding_attention",
    );
    return { "attention.sliding_window": uint32(size), "attention.sliding_window_pattern": bools(slides) };
  },
};

export const olmoe: Architecture = {
  name: "olmoe",
  layer: { ...DENSE_LAYER, ...HEAD_NORMS, ...EXPERTS },
  activations: ["silu"],
  needsOutput: true,
  check: (config) => checkExperts(config, false),
};
