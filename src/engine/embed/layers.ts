import { type EncoderConfig, unsupportedSetting } from "./encoder-config.ts";
import { BOOL, INT32, MICROSOFT, type GraphWriter, type NodeOf, type Value } from "./onnx.ts";

/** Puts one of the model's tensors into the graph, by its name without the model's prefix; of its rows a part, if asked. */
export type WeightSource = (graph: GraphWriter, name: string, part?: RowPart) => Value;

/** One of so many parts of equal length. */
export interface RowPart {
  readonly index: number;
  readonly of: number;
}

/** What every encoder is computed from, int32 `[batch, sequence]` each. */
export interface EncoderInputs {
  readonly inputIds: Value;
  /** Rows of the position table; encoders that have none count for themselves. */
  readonly positionIds: Value;
  /** 1 for a token, 0 for padding. */
  readonly attentionMask: Value;
  /** 0 for the first text of a pair, 1 for the second. Without them, all is the first. */
  readonly tokenTypes?: Value;
}

/** The inputs as the graph's own; `token_type_ids` only where there are pairs. */
export function encoderInputs(graph: GraphWriter, hasPairs = false): EncoderInputs {
  const input = (name: string): Value => graph.input(name, INT32, ["batch", "sequence"]);
  return {
    inputIds: input("input_ids"),
    positionIds: input("position_ids"),
    attentionMask: input("attention_mask"),
    ...(hasPairs && { tokenTypes: input("token_type_ids") }),
  };
}

export type Activation = (graph: GraphWriter, hidden: Value, bias?: Value) => Value;

/** Activations by their name in `config.json`; each adds the bias first. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: (graph, hidden, bias) =>
    bias === undefined
      ? graph.node("Gelu", [hidden], {}, MICROSOFT)
      : graph.node("BiasGelu", [hidden, bias], {}, MICROSOFT),
  gelu_new: fastGelu,
  gelu_pytorch_tanh: fastGelu,
  relu: (graph, hidden, bias) => graph.node("Relu", [withBias(graph, hidden, bias)]),
  silu: (graph, hidden, bias) =>
    graph.node("QuickGelu", [withBias(graph, hidden, bias)], { alpha: { float: 1 } }, MICROSOFT),
};

/**
 * @param field of `config.json` that has the name.
 * @throws EngineError `unsupported` for one that no graph computes.
 */
export function activation(field: keyof EncoderConfig, name = "gelu"): Activation {
  const activate = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (activate !== undefined) return activate;
  throw unsupportedSetting(field, name, Object.keys(ACTIVATIONS).join(", "));
}

/** What most encoders' layers are told by. */
export interface EncoderShape {
  readonly heads: number;
  readonly epsilon: number;
  readonly activate: Activation;
}

/** The rows of one of the encoder's tables of embeddings: `word_embeddings`, `token_type_embeddings`. */
export function lookUp(graph: GraphWriter, weight: WeightSource, table: string, index: Value): Value {
  return graph.node("Gather", [weight(graph, `embeddings.${table}.weight`), index]);
}

/** What tells the tokens of a second text from those of the first. */
export function segments(graph: GraphWriter, weight: WeightSource, { tokenTypes }: EncoderInputs): Value {
  return lookUp(graph, weight, "token_type_embeddings", tokenTypes ?? graph.scalar(0));
}

/** A linear layer by its name, without `.weight` and `.bias`. */
export function dense(graph: GraphWriter, weight: WeightSource, name: string, input: Value, hasBias = true): Value {
  const bias = hasBias ? weight(graph, `${name}.bias`) : undefined;
  return linear(graph, input, weight(graph, `${name}.weight`), bias);
}

/** A LayerNorm by its name, without `.weight` and `.bias`. */
export function norm(
  graph: GraphWriter,
  { epsilon }: Pick<EncoderShape, "epsilon">,
  weight: WeightSource,
  name: string,
  input: Value,
  hasBias = true,
): Value {
  const bias = hasBias ? weight(graph, `${name}.bias`) : undefined;
  return layerNorm(graph, input, epsilon, weight(graph, `${name}.weight`), bias);
}

/** How both halves of a layer end that is normalised last: `norm(residual + dense(input))`. */
export function addAndNorm(
  graph: GraphWriter,
  shape: Pick<EncoderShape, "epsilon">,
  weight: WeightSource,
  [narrow, last]: readonly [string, string],
  input: Value,
  residual: Value,
  hasBias = true,
): Value {
  const product = dense(graph, weight, narrow, input, hasBias);
  return norm(graph, shape, weight, last, graph.node("Add", [product, residual]));
}

/** PyTorch keeps a linear layer's weight as `[out, in]`: the product takes it transposed. */
export function linear(graph: GraphWriter, input: Value, weight: Value, bias?: Value): Value {
  return withBias(graph, graph.node("FusedMatMul", [input, weight], { transB: { int: 1 } }, MICROSOFT), bias);
}

/** @param bias left out by the encoders that have none. */
export function layerNorm(graph: GraphWriter, input: Value, epsilon: number, weight: Value, bias?: Value): Value {
  const operands = bias === undefined ? [input, weight] : [input, weight, bias];
  return graph.node("LayerNormalization", operands, { axis: { int: -1 }, epsilon: { float: epsilon } });
}

/** Without the mean taken away, and without a bias. */
export function rmsNorm(graph: GraphWriter, input: Value, epsilon: number, weight: Value): Value {
  const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
  return graph.node("SimplifiedLayerNormalization", [input, weight], attributes);
}

/** What attention is told beside its operands. */
export interface Sight {
  /** The batch's padding. */
  readonly mask: Mask;
  /** Added to query, key and value, joined in this order. */
  readonly bias?: Value;
  /** Added to the attention's scores: `[1, heads or 1, sequence, sequence]`. */
  readonly scores?: Value;
  /** What products of query and key are multiplied by; without it, one over the root of a head's size. */
  readonly scale?: number;
}

/** Which tokens of a batch are padding. */
export interface Mask {
  readonly value: Value;
  /** A single bool: whether there is none. */
  readonly isFull: Value;
}

export function maskOf(graph: GraphWriter, { attentionMask }: EncoderInputs): Mask {
  const least = graph.node("ReduceMin", [attentionMask], { keepdims: { int: 0 } });
  return { value: attentionMask, isFull: graph.node("Cast", [least], { to: { int: BOOL } }) };
}

/**
 * Softmax attention, `[batch, sequence, hidden]` in and out. ONNX Runtime keeps all scores, `heads × sequence²` of
 * them, unless there is neither a mask nor anything to add: so a batch without padding, such as a long text alone, goes
 * without.
 */
export function attention(
  graph: GraphWriter,
  heads: number,
  [query, key, value]: readonly [Value, Value, Value],
  { mask, bias = "", scores, scale }: Sight,
): Value {
  const inputs = [query, key, value, bias];
  const node = (...more: readonly Value[]): NodeOf => {
    const attributes = { num_heads: { int: heads }, ...(scale !== undefined && { scale: { float: scale } }) };
    return { op: "MultiHeadAttention", inputs: [...inputs, ...more], attributes, domain: MICROSOFT };
  };
  const whole = scores === undefined ? node() : node("", scores);
  return graph.either(mask.isFull, whole, scores === undefined ? node(mask.value) : node(mask.value, scores));
}

/** The numbers from 0 to the length of the batch's texts: int64 `[sequence]`. */
export function countTokens(graph: GraphWriter, { inputIds }: EncoderInputs): Value {
  const length = graph.node("Gather", [graph.node("Shape", [inputIds]), graph.scalar(1)]);
  return graph.node("Range", [graph.scalar(0), length, graph.scalar(1)]);
}

/** For every two tokens, how far the second is behind the first: int64 `[sequence, sequence]`. */
export function distances(graph: GraphWriter, inputs: EncoderInputs): Value {
  const tokens = countTokens(graph, inputs);
  const column = graph.node("Unsqueeze", [tokens, graph.integers([1], [1])]);
  return graph.node("Sub", [tokens, column]);
}

function withBias(graph: GraphWriter, value: Value, bias: Value | undefined): Value {
  return bias === undefined ? value : graph.node("Add", [value, bias]);
}

function fastGelu(graph: GraphWriter, hidden: Value, bias?: Value): Value {
  return graph.node("FastGelu", bias === undefined ? [hidden] : [hidden, bias], {}, MICROSOFT);
}
