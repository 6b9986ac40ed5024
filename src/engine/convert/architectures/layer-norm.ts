import { float32, type Metadata } from "../../formats/gguf.ts";
import type { ModelConfig } from "../model-config.ts";

/** Of families whose norms take the mean away. */
export function layerNorm(config: ModelConfig): Metadata {
  const epsilon = config.layer_norm_eps ?? config.layer_norm_epsilon ?? config.norm_epsilon ?? config.norm_eps;
  return { "attention.layer_norm_epsilon": float32(epsilon ?? 1e-5) };
}
