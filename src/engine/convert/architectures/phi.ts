import { uint32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, type Architecture } from "../architecture.ts";

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
