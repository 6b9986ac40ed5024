/** Bytes of a cached key or value element: llama.cpp keeps them as float16. */
const ELEMENT_BYTES = 2;

/** The numbers of `<architecture>.*` in a GGUF file that say how large the key-value cache is. */
export interface CacheShape {
  readonly block_count?: number;
  readonly embedding_length?: number;
  readonly attention?: {
    /** Where it differs from layer to layer, a list. */
    readonly head_count?: number | readonly number[];
    readonly head_count_kv?: number | readonly number[];
    readonly key_length?: number;
    readonly value_length?: number;
  };
}

/**
 * What one token occupies in all layers. A sliding window, which needs less, is counted as if it saw the whole context.
 */
export function cacheBytesPerToken({
  block_count: layers = 0,
  embedding_length: width = 0,
  attention = {},
}: CacheShape): number {
  const { head_count: heads = 1, head_count_kv: kvHeads = heads } = attention;
  const headWidth = (width * layers) / Math.max(1, ofAllLayers(heads, layers));
  const { key_length: keyWidth = headWidth, value_length: valueWidth = headWidth } = attention;
  return Math.max(1, ofAllLayers(kvHeads, layers) * (keyWidth + valueWidth) * ELEMENT_BYTES);
}

function ofAllLayers(heads: number | readonly number[], layers: number): number {
  return typeof heads === "number" ? heads * layers : heads.reduce((sum, count) => sum + count, 0);
}
