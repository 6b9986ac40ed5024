import { size, type EncoderConfig } from "./encoder-config.ts";
import {
  activation,
  attention,
  linear,
  maskOf,
  rmsNorm,
  type EncoderInputs,
  type EncoderShape,
  type Sight,
  type WeightSource,
} from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { relativeScores } from "./relative-scores.ts";

interface Shape extends EncoderShape {
  readonly isGated: boolean;
}

/**
 * The encoder of T5: no positions but how far apart two tokens are, norms before each half of a layer, no biases.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_t5.py` of Hugging Face Transformers
 */
export function t5(graph: GraphWriter, config: EncoderConfig, weight: WeightSource, inputs: EncoderInputs): Value {
  const { feed_forward_proj: kind = "relu" } = config;
  const isGated = kind.startsWith("gated-");
  // `gated-gelu` means the approximation.
  const name = kind === "gated-gelu" ? "gelu_new" : kind.replace("gated-", "");
  const shape: Shape = {
    heads: size(config, "num_heads"),
    epsilon: config.layer_norm_epsilon ?? 1e-6,
    activate: activation("feed_forward_proj", name),
    isGated,
  };
  const table = weight(graph, "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
  const scores = relativeScores(graph, table, inputs, {
    count: config.relative_attention_num_buckets ?? 32,
    maxDistance: config.relative_attention_max_distance ?? 128,
  });
  const sight: Sight = { mask: maskOf(graph, inputs), scores, scale: 1 };
  let hidden = graph.node("Gather", [weight(graph, "shared.weight"), inputs.inputIds]);
  for (let index = 0; index < size(config, "num_layers"); index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `encoder.block.${index}.layer.${name}.weight`);
    hidden = selfAttention(graph, shape, layerWeight, hidden, sight);
    hidden = feedForward(graph, shape, layerWeight, hidden);
  }
  return rmsNorm(graph, hidden, shape.epsilon, weight(graph, "encoder.final_layer_norm.weight"));
}

function selfAttention(
  graph: GraphWriter,
  { heads, epsilon }: Shape,
  weight: WeightSource,
  input: Value,
  sight: Sight,
): Value {
  const normed = rmsNorm(graph, input, epsilon, weight(graph, "0.layer_norm"));
  const product = (name: string): Value => linear(graph, normed, weight(graph, `0.SelfAttention.${name}`));
  const context = attention(graph, heads, [product("q"), product("k"), product("v")], sight);
  return graph.node("Add", [input, linear(graph, context, weight(graph, "0.SelfAttention.o"))]);
}

function feedForward(
  graph: GraphWriter,
  { epsilon, activate, isGated }: Shape,
  weight: WeightSource,
  input: Value,
): Value {
  const normed = rmsNorm(graph, input, epsilon, weight(graph, "1.layer_norm"));
  const product = (name: string): Value => linear(graph, normed, weight(graph, `1.DenseReluDense.${name}`));
  const wide = isGated
    ? graph.node("Mul", [activate(graph, product("wi_0")), product("wi_1")])
    : activate(graph, product("wi"));
  return graph.node("Add", [input, linear(graph, wide, weight(graph, "1.DenseReluDense.wo"))]);
}
