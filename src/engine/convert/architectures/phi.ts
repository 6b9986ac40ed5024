import { uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, type Architecture } from "../architecture.ts";
import { requireWholeHeads } from "./heads.ts";
import { layerNorm } from "./layer-norm.ts";

/** Phi-3, 3.5 and 4, whose projections are fused, as llama.cpp wants them. */
export const phi3: Architecture = {
  name: "phi3",
  layer: {
    ...DENSE_LAYER,
    "self_attn.qkv_proj": "attn_qkv",
    "mlp.gate_up_proj": "ffn_up",
  },
  activations: ["silu"],
  // Without it, llama.cpp takes the model for one with a window of its own.
  metadata: () => ({ "attention.sliding_window": uint32(0) }),
};

/** Phi-1.5 and 2: attention and feed-forward side by side, after one norm, and biases everywhere. */
export const phi2: Architecture = {
  name: "phi2",
  layer: {
    ...DENSE_LAYER,
    "self_attn.dense": "attn_output",
    "mlp.fc1": "ffn_up",
    "mlp.fc2": "ffn_down",
  },
  top: { "final_layernorm.weight": "output_norm.weight", "final_layernorm.bias": "output_norm.bias" },
  activations: ["gelu_new"],
  needsOutput: true,
  metadata: layerNorm,
  check: requireWholeHeads,
  defaults: { partial_rotary_factor: 0.5 },
};
