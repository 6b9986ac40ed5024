import {
  addAndNorm,
  attention,
  dense,
  linear,
  lookUp,
  maskOf,
  norm,
  segments,
  type EncoderInputs,
  type EncoderShape,
  type Mask,
  type Sight,
  type WeightSource,
} from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";

/** An encoder that is built as BERT is. */
export interface PostNormShape extends EncoderShape {
  readonly layers: number;
  /** Whether tokens of a second text are told from those of the first. */
  readonly hasSegments: boolean;
  /** Whether there is a table of positions; without a word, there is. */
  readonly hasPositions?: boolean;
  /** How attention goes by distances as well, for families that compute this anew in each layer. */
  readonly relative?: RelativeSight;
  /** What stands before the names of a layer's tensors. */
  readonly path: (layer: number) => string;
  /** The tensors that make states of embeddings, where these are shorter; without `.weight` and `.bias`. */
  readonly projection?: string;
  readonly names: LayerNames;
}

/** @param query as `key`, `[batch, sequence, hidden]`, biases added. */
export type RelativeSight = (
  graph: GraphWriter,
  weight: WeightSource,
  query: Value,
  key: Value,
) => Required<Pick<Sight, "scores" | "scale">>;

/** A layer's tensors, without `.weight` and `.bias`. */
interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attended: string;
  readonly attentionNorm: string;
  readonly wide: string;
  readonly narrow: string;
  readonly outputNorm: string;
}

/**
 * Embeddings of tokens and their positions, then layers of attention and feed-forward, each added to its input and only
 * then normalised.
 *
 * @param scores see `attention`.
 * @returns the last hidden states, float32 `[batch, sequence, hidden]`
 */
export function postNormEncoder(
  graph: GraphWriter,
  shape: PostNormShape,
  weight: WeightSource,
  inputs: EncoderInputs,
  scores?: Value,
): Value {
  const mask = maskOf(graph, inputs);
  let hidden = embeddings(graph, shape, weight, inputs);
  for (let index = 0; index < shape.layers; index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `${shape.path(index)}.${name}`);
    const attended = selfAttention(graph, shape, layerWeight, hidden, mask, scores);
    hidden = feedForward(graph, shape, layerWeight, attended);
  }
  return hidden;
}

function embeddings(graph: GraphWriter, shape: PostNormShape, weight: WeightSource, inputs: EncoderInputs): Value {
  const tokens = lookUp(graph, weight, "word_embeddings", inputs.inputIds);
  const placed =
    shape.hasPositions === false
      ? tokens
      : graph.node("Add", [tokens, lookUp(graph, weight, "position_embeddings", inputs.positionIds)]);
  const sum = shape.hasSegments ? graph.node("Add", [placed, segments(graph, weight, inputs)]) : placed;
  const normed = norm(graph, shape, weight, "embeddings.LayerNorm", sum);
  return shape.projection === undefined ? normed : dense(graph, weight, shape.projection, normed);
}

function selfAttention(
  graph: GraphWriter,
  shape: PostNormShape,
  weight: WeightSource,
  input: Value,
  mask: Mask,
  scores: Value | undefined,
): Value {
  const { query, key, value, attended, attentionNorm } = shape.names;
  const names = [query, key, value] as const;
  const end = (context: Value): Value => addAndNorm(graph, shape, weight, [attended, attentionNorm], context, input);
  if (shape.relative !== undefined) {
    const product = (name: string) => dense(graph, weight, name, input);
    const [q, k, v] = [product(query), product(key), product(value)];
    return end(attention(graph, shape.heads, [q, k, v], { mask, ...shape.relative(graph, weight, q, k) }));
  }
  const product = (name: string) => linear(graph, input, weight(graph, `${name}.weight`));
  const biases = names.map((name) => weight(graph, `${name}.bias`));
  const bias = graph.node("Concat", biases, { axis: { int: 0 } });
  const added = scores === undefined ? { mask, bias } : { mask, bias, scores };
  return end(attention(graph, shape.heads, [product(query), product(key), product(value)], added));
}

function feedForward(graph: GraphWriter, shape: PostNormShape, weight: WeightSource, input: Value): Value {
  const { wide, narrow, outputNorm } = shape.names;
  const product = linear(graph, input, weight(graph, `${wide}.weight`));
  const activated = shape.activate(graph, product, weight(graph, `${wide}.bias`));
  return addAndNorm(graph, shape, weight, [narrow, outputNorm], activated, input);
}
