import type { ModelConfig } from "../model-config.ts";

/** Of families whose feed-forward is four times as wide as a state, unless the configuration says otherwise. */
export function fourfold({
  hidden_size: width = 0,
  intermediate_size: inner,
}: Partial<ModelConfig>): Partial<ModelConfig> {
  return { intermediate_size: inner ?? 4 * width };
}
