import {
  attention,
  layerNorm,
  linear,
  type Mask,
  maskOf,
  type Activation,
  type EncoderInputs,
  type Sight,
  type WeightSource,
} from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";

/** An encoder that is built as BERT is. */
export interface PostNormShape {
  readonly layers: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activate: Activation;
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
  const lookUp = (table: string, index: Value) =>
    graph.node("Gather", [weight(graph, `embeddings.${table}.weight`), index]);
  const tokens = lookUp("word_embeddings", inputs.inputIds);
  const placed =
    shape.hasPositions === false
      ? tokens
      : graph.node("Add", [tokens, lookUp("position_embeddings", inputs.positionIds)]);
  const sum = shape.hasSegments
    ? graph.node("Add", [placed, lookUp("token_type_embeddings", inputs.tokenTypes ?? graph.scalar(0))])
    : placed;
  const [scale, shift] = [weight(graph, "embeddings.LayerNorm.weight"), weight(graph, "embeddings.LayerNorm.bias")];
  const normed = layerNorm(graph, sum, shape.epsilon, scale, shift);
  const { projection: name } = shape;
  if (name === undefined) return normed;
  return linear(graph, normed, weight(graph, `${name}.weight`), weight(graph, `${name}.bias`));
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
    const biased = (name: string) =>
      linear(graph, input, weight(graph, `${name}.weight`), weight(graph, `${name}.bias`));
    const [q, k, v] = [biased(query), biased(key), biased(value)];
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

/** How both halves of a layer end: `norm(residual + dense(input))`. */
function addAndNorm(
  graph: GraphWriter,
  { epsilon }: PostNormShape,
  weight: WeightSource,
  [dense, norm]: readonly [string, string],
  input: Value,
  residual: Value,
): Value {
  const product = linear(graph, input, weight(graph, `${dense}.weight`), weight(graph, `${dense}.bias`));
  const [scale, shift] = [weight(graph, `${norm}.weight`), weight(graph, `${norm}.bias`)];
  return layerNorm(graph, graph.node("Add", [product, residual]), epsilon, scale, shift);
}
