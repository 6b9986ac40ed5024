import { type EncoderConfig, requireSetting, size, unsupportedSetting } from "./encoder-config.ts";
import {
  activation,
  addAndNorm,
  attention,
  dense,
  distances,
  linear,
  lookUp,
  maskOf,
  norm,
  segments,
  type Activation,
  type EncoderInputs,
  type EncoderShape,
  type Mask,
  type WeightSource,
} from "./layers.ts";
import { FLOAT, type GraphWriter, type Value } from "./onnx.ts";

interface Shape extends EncoderShape {
  /** Less for tokens the further they are apart: `[1, heads, sequence, sequence]`. */
  readonly scores: Value;
  /** Whether query and key are normalised, and what attention gives a second time. */
  readonly hasMoreNorms: boolean;
}

/** The gated units that `feed_forward_type` may name, and what goes through the gate. */
const GATES: Readonly<Record<string, string>> = { geglu: "gelu", reglu: "relu" };

/**
 * Version 2 of Jina's embedders: BERT without positions, whose attention weakens with the distance, and with a gate. The
 * one for code has more norms and other names, but no other name of its own: its tensors tell it.
 *
 * @param has whether the model has a tensor.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: https://huggingface.co/jinaai/jina-bert-implementation and https://huggingface.co/jinaai/jina-bert-v2-qk-post-norm
 */
export function jinaBert(
  graph: GraphWriter,
  config: EncoderConfig,
  weight: WeightSource,
  inputs: EncoderInputs,
  has: (tensor: string) => boolean,
): Value {
  requireSetting(config, "position_embedding_type", "alibi");
  requireSetting(config, "is_decoder", false);
  const heads = size(config, "num_attention_heads");
  const shape: Shape = {
    heads,
    epsilon: config.layer_norm_eps ?? 1e-12,
    activate: gate(config),
    scores: alibi(graph, inputs, heads),
    hasMoreNorms: has("encoder.layer.0.layer_norm_1.weight"),
  };
  const feedForward = shape.hasMoreNorms ? gatedSecond : gatedFirst;
  const mask = maskOf(graph, inputs);
  let hidden = embeddings(graph, shape, weight, inputs);
  for (let index = 0; index < size(config, "num_hidden_layers"); index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `encoder.layer.${index}.${name}`);
    hidden = feedForward(graph, shape, layerWeight, selfAttention(graph, shape, layerWeight, hidden, mask));
  }
  return hidden;
}

function gate({ feed_forward_type: type = "original" }: EncoderConfig): Activation {
  if (Object.hasOwn(GATES, type)) return activation("feed_forward_type", GATES[type]);
  throw unsupportedSetting("feed_forward_type", type, Object.keys(GATES).join(", "));
}

/** Attention with linear biases, to both sides. Source: https://arxiv.org/abs/2108.12409 */
function alibi(graph: GraphWriter, inputs: EncoderInputs, heads: number): Value {
  const apart = graph.node("Cast", [graph.node("Abs", [distances(graph, inputs)])], { to: { int: FLOAT } });
  const slopes = slopesOf(heads).map((slope) => -slope);
  return graph.node("Mul", [apart, graph.floats(slopes, [1, heads, 1, 1])]);
}

/** Of a number of heads that is no power of two, the first are those of the power below, and the others lie between. */
function slopesOf(heads: number): readonly number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const slopes = Array.from({ length: power }, (_, head) => 2 ** ((-8 * (head + 1)) / power));
  if (power === heads) return slopes;
  const between = slopesOf(2 * power).filter((_, head) => head % 2 === 0);
  return [...slopes, ...between.slice(0, heads - power)];
}

function embeddings(graph: GraphWriter, shape: Shape, weight: WeightSource, inputs: EncoderInputs): Value {
  const words = lookUp(graph, weight, "word_embeddings", inputs.inputIds);
  const sum = graph.node("Add", [words, segments(graph, weight, inputs)]);
  return norm(graph, shape, weight, "embeddings.LayerNorm", sum);
}

function selfAttention(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value, mask: Mask): Value {
  const { heads, scores, hasMoreNorms } = shape;
  const product = (name: string): Value => dense(graph, weight, `attention.self.${name}`, input);
  const normed = (name: string, value: Value): Value =>
    hasMoreNorms ? norm(graph, shape, weight, `attention.self.layer_norm_${name}`, value) : value;
  const query = normed("q", product("query"));
  const key = normed("k", product("key"));
  const context = attention(graph, heads, [query, key, product("value")], { mask, scores });
  const ends = ["attention.output.dense", "attention.output.LayerNorm"] as const;
  const first = addAndNorm(graph, shape, weight, ends, context, input);
  return hasMoreNorms ? norm(graph, shape, weight, "layer_norm_1", graph.node("Add", [first, input])) : first;
}

function gatedFirst(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value): Value {
  const [gate = "", wide = ""] = graph.split(linear(graph, input, weight(graph, "mlp.gated_layers.weight")), 2);
  const gated = graph.node("Mul", [shape.activate(graph, gate), wide]);
  return addAndNorm(graph, shape, weight, ["mlp.wo", "mlp.layernorm"], gated, input);
}

function gatedSecond(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value): Value {
  const [wide = "", gate = ""] = graph.split(linear(graph, input, weight(graph, "mlp.up_gated_layer.weight")), 2);
  const gated = graph.node("Mul", [wide, shape.activate(graph, gate)]);
  return addAndNorm(graph, shape, weight, ["mlp.down_layer", "layer_norm_2"], gated, input);
}
