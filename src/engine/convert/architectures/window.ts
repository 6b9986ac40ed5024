import { bools, uint32, type Metadata } from "../../formats/gguf.ts";
import type { ModelConfig } from "../model-config.ts";

/**
 * How far a model looks back, and in which of its layers.
 * @param period one layer of so many sees all of the text, where the configuration does not say otherwise.
 */
export function window(config: ModelConfig, period: number): Metadata {
  const { layer_types: types, num_hidden_layers: layers, sliding_window: size } = config;
  const every = config.sliding_window_pattern ?? period;
  const slides = Array.from({ length: layers }, (_, index) =>
    types == null ? (index + 1) % every !== 0 : types[index] === "sliding_attention",
  );
  return {
    "attention.sliding_window": uint32(size ?? 0),
    "attention.sliding_window_pattern": bools(slides),
  };
}
