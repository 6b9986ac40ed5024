import type { ModelConfig } from "../model-config.ts";

/** The names of the kind of layer that sees all of a text, in hybrid families. */
export const ATTENTION: RegExp = /^(?:full_)?attention$/;

/** The key heads of each layer: none where it has no attention, by which llama.cpp tells the kinds of layers. */
export function keyHeads(config: ModelConfig, attention: string | RegExp): readonly number[] {
  const { num_hidden_layers: layers, num_key_value_heads: heads, layer_types: types } = config;
  return Array.from({ length: layers }, (_, index) => (types?.[index]?.match(attention) ? heads : 0));
}
