import { ropeTheta, size, type EncoderConfig } from "./encoder-config.ts";
import {
  activation,
  dense,
  distances,
  maskOf,
  norm,
  type EncoderInputs,
  type EncoderShape,
  type Sight,
  type WeightSource,
} from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { rotation, turnedAttention, type Rotation } from "./rotary.ts";

interface Shape extends EncoderShape {
  readonly hasBias: { readonly norm: boolean; readonly attention: boolean; readonly feedForward: boolean };
}

/** How the tokens of a layer see each other: all of them, or those that are near. */
interface LayerSight extends Sight {
  readonly rotation: Rotation;
}

/** Softmax makes nothing of a score that is so much lower than the others. */
const UNSEEN = -10_000;

/**
 * Rotary positions, gated feed-forward, norms before each half of a layer; most layers see only near tokens.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_modernbert.py` of Hugging Face Transformers
 */
export function modernBert(
  graph: GraphWriter,
  config: EncoderConfig,
  weight: WeightSource,
  inputs: EncoderInputs,
): Value {
  const { norm_bias = false, attention_bias = false, mlp_bias = false } = config;
  const shape: Shape = {
    heads: size(config, "num_attention_heads"),
    epsilon: config.norm_eps ?? 1e-5,
    activate: activation("hidden_activation", config.hidden_activation),
    hasBias: { norm: norm_bias, attention: attention_bias, feedForward: mlp_bias },
  };
  const sights = bothSights(graph, config, inputs);
  const tokens = graph.node("Gather", [weight(graph, "embeddings.tok_embeddings.weight"), inputs.inputIds]);
  let hidden = norm(graph, shape, weight, "embeddings.norm", tokens, shape.hasBias.norm);
  for (let index = 0; index < size(config, "num_hidden_layers"); index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `layers.${index}.${name}`);
    // The embeddings have just been normalised.
    const normed = index === 0 ? hidden : norm(graph, shape, layerWeight, "attn_norm", hidden, shape.hasBias.norm);
    const sight = seesAll(config, index) ? sights.all : sights.near;
    const attended = graph.node("Add", [hidden, selfAttention(graph, shape, layerWeight, normed, sight)]);
    hidden = graph.node("Add", [attended, feedForward(graph, shape, layerWeight, attended)]);
  }
  return norm(graph, shape, weight, "final_norm", hidden, shape.hasBias.norm);
}

function seesAll({ layer_types: types, global_attn_every_n_layers: every = 3 }: EncoderConfig, index: number): boolean {
  return types == null ? index % every === 0 : types[index] === "full_attention";
}

function bothSights(
  graph: GraphWriter,
  config: EncoderConfig,
  inputs: EncoderInputs,
): { readonly all: LayerSight; readonly near: LayerSight } {
  const { rope_parameters: rope, global_rope_theta = 160_000, local_rope_theta = 10_000 } = config;
  const headSize = size(config, "hidden_size") / size(config, "num_attention_heads");
  const turns = (layerType: "full_attention" | "sliding_attention", older: number): Rotation =>
    rotation(graph, inputs, headSize, ropeTheta(rope, layerType) ?? older);
  const mask = maskOf(graph, inputs);
  return {
    all: { mask, rotation: turns("full_attention", global_rope_theta) },
    near: {
      mask,
      rotation: turns("sliding_attention", local_rope_theta),
      scores: nearScores(graph, inputs, Math.floor((config.local_attention ?? 128) / 2)),
    },
  };
}

/** Nothing for tokens that are at most `reach` apart, and `UNSEEN` for others: `[1, 1, sequence, sequence]`. */
function nearScores(graph: GraphWriter, inputs: EncoderInputs, reach: number): Value {
  const apart = graph.node("Abs", [distances(graph, inputs)]);
  const isFar = graph.node("Greater", [apart, graph.scalar(reach)]);
  const scores = graph.node("Where", [isFar, graph.floats([UNSEEN], [1]), graph.floats([0], [1])]);
  return graph.node("Unsqueeze", [scores, graph.integers([0, 1], [2])]);
}

function selfAttention(
  graph: GraphWriter,
  { heads, hasBias }: Shape,
  weight: WeightSource,
  input: Value,
  { rotation, ...sight }: LayerSight,
): Value {
  const joined = dense(graph, weight, "attn.Wqkv", input, hasBias.attention);
  const context = turnedAttention(graph, heads, joined, rotation, sight);
  return dense(graph, weight, "attn.Wo", context, hasBias.attention);
}

function feedForward(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value): Value {
  const { activate, hasBias } = shape;
  const normed = norm(graph, shape, weight, "mlp_norm", input, hasBias.norm);
  const [wide = "", gate = ""] = graph.split(dense(graph, weight, "mlp.Wi", normed, hasBias.feedForward), 2);
  return dense(graph, weight, "mlp.Wo", graph.node("Mul", [activate(graph, wide), gate]), hasBias.feedForward);
}
