/** Bytes of a cached key or value element: llama.cpp keeps them as float16, and states of other kinds as float32. */
const ELEMENT_BYTES = 2;
const STATE_ELEMENT_BYTES = 4;
/** Of a sequence: one that goes on, and one that it can go back to. */
export const STATES = 2;

/** The numbers of `<architecture>.*` in a GGUF file that say how large the key-value cache is. */
export interface CacheShape {
  readonly block_count?: number;
  readonly embedding_length?: number;
  /** Where these differ from layer to layer, a list. */
  readonly feed_forward_length?: number | readonly number[];
  /** One layer of so many has keys and values, the others a state. */
  readonly full_attention_interval?: number;
  readonly attention?: {
    readonly head_count?: number | readonly number[];
    readonly head_count_kv?: number | readonly number[];
    readonly key_length?: number;
    readonly value_length?: number;
    /** Of models whose values are a part of their keys. */
    readonly key_length_mla?: number;
    /** Whether a layer has a state, and no keys and values. */
    readonly recurrent_layers?: readonly (boolean | number)[];
  };
  readonly ssm?: {
    readonly conv_kernel?: number;
    readonly inner_size?: number;
    readonly state_size?: number;
    readonly group_count?: number;
  };
  readonly shortconv?: { readonly l_cache?: number };
}

/**
 * What one token occupies in all layers. A sliding window, which needs less, is counted as if it saw the whole context.
 */
export function cacheBytesPerToken(shape: CacheShape): number {
  const { block_count: layers = 0, embedding_length: width = 0, attention = {} } = shape;
  const { head_count: heads = 1, head_count_kv: kvHeads = heads } = attention;
  const headWidth =
    (width * layers) /
    Math.max(
      1,
      sum(layers, (layer) => ofLayer(heads, layer)),
    );
  const { key_length: keyWidth = headWidth, value_length: valueWidth = headWidth } = attention;
  const elements = attention.key_length_mla === undefined ? keyWidth + valueWidth : keyWidth;
  const allHeads = sum(layers, (layer) => (isRecurrent(shape, layer) === true ? 0 : ofLayer(kvHeads, layer)));
  return Math.max(1, allHeads * elements * ELEMENT_BYTES);
}

/** What a sequence occupies however long it is, in layers that keep a state in place of keys and values, or beside them. */
export function stateBytes(shape: CacheShape): number {
  const { block_count: layers = 0, feed_forward_length: lengths, attention: { head_count_kv: kvHeads } = {} } = shape;
  const hasState = (layer: number): boolean => {
    const isFeedForward = typeof lengths === "object" && ofLayer(lengths, layer) > 0;
    return isRecurrent(shape, layer) ?? (typeof kvHeads !== "object" || (kvHeads[layer] === 0 && !isFeedForward));
  };
  return sum(layers, (layer) => (hasState(layer) ? stateElements(shape) : 0)) * STATE_ELEMENT_BYTES;
}

/** Source: `n_embd_r` and `n_embd_s` in https://github.com/ggml-org/llama.cpp/blob/master/src/llama-hparams.cpp */
function stateElements({ embedding_length: width = 0, ssm, shortconv }: CacheShape): number {
  if (shortconv?.l_cache !== undefined) return width * (shortconv.l_cache - 1);
  if (ssm === undefined) return 0;
  const { conv_kernel: kernel = 1, inner_size: inner = 0, state_size: size = 0, group_count: groups = 0 } = ssm;
  return (kernel - 1) * (inner + 2 * groups * size) + inner * size;
}

/** Undefined where the file does not tell in these ways. */
function isRecurrent({ attention, full_attention_interval: interval }: CacheShape, layer: number): boolean | undefined {
  const isNamed = attention?.recurrent_layers?.[layer];
  if (isNamed !== undefined) return Boolean(isNamed);
  return interval === undefined ? undefined : (layer + 1) % interval !== 0;
}

function sum(layers: number, count: (layer: number) => number): number {
  return Array.from({ length: layers }, (_, layer) => count(layer)).reduce((all, each) => all + each, 0);
}

function ofLayer(numbers: number | readonly number[], layer: number): number {
  return typeof numbers === "number" ? numbers : (numbers[layer] ?? 0);
}
