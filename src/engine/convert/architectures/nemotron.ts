import { DENSE_LAYER, type Architecture } from "../architecture.ts";
import { requireWholeHeads } from "./heads.ts";
import { layerNorm } from "./layer-norm.ts";

/** Minitron and Nemotron-Mini: no gate, and norms with biases. */
export const nemotron: Architecture = {
  name: "nemotron",
  layer: DENSE_LAYER,
  activations: ["relu2"],
  normsFromOne: true,
  needsOutput: true,
  metadata: layerNorm,
  check: requireWholeHeads,
  defaults: { partial_rotary_factor: 0.5, hidden_act: "relu2" },
};
