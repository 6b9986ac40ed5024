import { DENSE_LAYER, type Architecture } from "../architecture.ts";
import { requireWholeHeads } from "./heads.ts";
import { layerNorm } from "./layer-norm.ts";

/** StarCoder 2: no gate, and biases everywhere. */
export const starcoder2: Architecture = {
  name: "starcoder2",
  layer: { ...DENSE_LAYER, "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down" },
  activations: ["gelu_pytorch_tanh"],
  metadata: layerNorm,
  check: requireWholeHeads,
  defaults: { tie_word_embeddings: true },
};
