import { type EncoderConfig, ropeTheta, size, unsupportedSetting } from "./encoder-config.ts";
import {
  activation,
  attention,
  dense,
  maskOf,
  rmsNorm,
  type EncoderInputs,
  type EncoderShape,
  type Mask,
  type WeightSource,
} from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { rotate, rotation, type Rotation } from "./rotary.ts";

interface Shape extends EncoderShape {
  readonly headSize: number;
  /** Of keys and values; several heads of the query share one. */
  readonly keyHeads: number;
  readonly rotation: Rotation;
  readonly hasAttentionBias: boolean;
  readonly hasMlpBias: boolean;
}

const THETA = 250_000;

/**
 * EuroBERT: Llama whose tokens see those after them, too.
 *
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_eurobert.py` of Hugging Face Transformers
 */
export function euroBert(
  graph: GraphWriter,
  config: EncoderConfig,
  weight: WeightSource,
  inputs: EncoderInputs,
): Value {
  const { rope_parameters: rope, rope_theta: own = THETA, rope_scaling: scaling } = config;
  if (scaling != null) throw unsupportedSetting("rope_scaling", scaling, "null");
  const heads = size(config, "num_attention_heads");
  const headSize = config.head_dim ?? size(config, "hidden_size") / heads;
  const shape: Shape = {
    heads,
    headSize,
    keyHeads: config.num_key_value_heads ?? heads,
    epsilon: config.rms_norm_eps ?? 1e-5,
    activate: activation("hidden_act", config.hidden_act ?? "silu"),
    rotation: rotation(graph, inputs, headSize, ropeTheta(rope) ?? own),
    hasAttentionBias: config.attention_bias === true,
    hasMlpBias: config.mlp_bias === true,
  };
  const mask = maskOf(graph, inputs);
  let hidden = graph.node("Gather", [weight(graph, "embed_tokens.weight"), inputs.inputIds]);
  for (let index = 0; index < size(config, "num_hidden_layers"); index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `layers.${index}.${name}`);
    hidden = feedForward(graph, shape, layerWeight, selfAttention(graph, shape, layerWeight, hidden, mask));
  }
  return rmsNorm(graph, hidden, shape.epsilon, weight(graph, "norm.weight"));
}

function selfAttention(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value, mask: Mask): Value {
  const normed = rmsNorm(graph, input, shape.epsilon, weight(graph, "input_layernorm.weight"));
  const product = (name: string, of = normed): Value =>
    dense(graph, weight, `self_attn.${name}_proj`, of, shape.hasAttentionBias);
  const query = rotate(graph, product("q"), shape.rotation);
  const key = forEachHead(graph, shape, rotate(graph, product("k"), shape.rotation));
  const value = forEachHead(graph, shape, product("v"));
  const context = attention(graph, shape.heads, [query, key, value], { mask });
  return graph.node("Add", [product("o", context), input]);
}

/** @param value `[batch, sequence, key heads × head size]`; returns one for each head of the query. */
function forEachHead(graph: GraphWriter, { heads, keyHeads, headSize }: Shape, value: Value): Value {
  if (heads === keyHeads) return value;
  const places = Array.from({ length: heads * headSize }, (_, place) => {
    const shared = Math.trunc(place / headSize / (heads / keyHeads));
    return shared * headSize + (place % headSize);
  });
  return graph.node("Gather", [value, graph.integers(places, [places.length])], { axis: { int: 2 } });
}

function feedForward(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value): Value {
  const normed = rmsNorm(graph, input, shape.epsilon, weight(graph, "post_attention_layernorm.weight"));
  const product = (name: string, of = normed): Value => dense(graph, weight, `mlp.${name}_proj`, of, shape.hasMlpBias);
  const gated = graph.node("Mul", [shape.activate(graph, product("gate")), product("up")]);
  return graph.node("Add", [product("down", gated), input]);
}
