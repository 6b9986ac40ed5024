import { DENSE_LAYER, type Architecture } from "../architecture.ts";
import { requireWholeHeads } from "./heads.ts";
import { layerNorm } from "./layer-norm.ts";

/** StableLM 3B and 2; of one size, attention and feed-forward stand side by side. */
export const stablelm: Architecture = {
  name: "stablelm",
  layer: DENSE_LAYER,
  activations: ["silu"],
  needsOutput: true,
  metadata: layerNorm,
  check: requireWholeHeads,
  defaults: { partial_rotary_factor: 0.25 },
};
