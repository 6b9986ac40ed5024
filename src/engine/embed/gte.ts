import {
  type EncoderConfig,
  requireSettings,
  type FixedSettings,
  ropeTheta,
  size,
  unsupportedSetting,
} from "./encoder-config.ts";
import {
  activation,
  addAndNorm,
  dense,
  linear,
  lookUp,
  maskOf,
  norm,
  segments,
  type EncoderInputs,
  type EncoderShape,
  type Mask,
  type WeightSource,
} from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { rotation, turnedAttention, type Rotation } from "./rotary.ts";

interface Shape extends EncoderShape {
  readonly rotation: Rotation;
  readonly hasSegments: boolean;
}

/** Settings of a more general encoder, of which this is one. */
const FIXED: FixedSettings = {
  position_embedding_type: "rope",
  layer_norm_type: "layer_norm",
  logn_attention_scale: false,
  pack_qkv: true,
};

/** Where neither the repository's own name for it nor that of transformers 5 stands. */
const THETA = 160_000;

/**
 * GTE of version 1.5 and Snowflake's Arctic Embed 2: BERT with rotary positions and a gated feed-forward half.
 *
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: https://huggingface.co/Alibaba-NLP/new-impl and `modeling_gte.py` of Hugging Face Transformers
 */
export function gte(graph: GraphWriter, config: EncoderConfig, weight: WeightSource, inputs: EncoderInputs): Value {
  requireSettings(config, FIXED);
  const heads = size(config, "num_attention_heads");
  const shape: Shape = {
    heads,
    epsilon: config.layer_norm_eps ?? 1e-12,
    activate: activation("hidden_act", config.hidden_act),
    rotation: turns(graph, config, inputs, size(config, "hidden_size") / heads),
    hasSegments: config.type_vocab_size !== 0,
  };
  const mask = maskOf(graph, inputs);
  let hidden = embeddings(graph, shape, weight, inputs);
  for (let index = 0; index < size(config, "num_hidden_layers"); index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `encoder.layer.${index}.${name}`);
    hidden = feedForward(graph, shape, layerWeight, selfAttention(graph, shape, layerWeight, hidden, mask));
  }
  return hidden;
}

/**
 * The rotations, for longer texts than the first training's slowed down by a fixed factor.
 * Source: https://kexue.fm/archives/9706 (NTK-RoPE-fixed)
 */
function turns(graph: GraphWriter, config: EncoderConfig, inputs: EncoderInputs, headSize: number): Rotation {
  const { rope_parameters: rope, rope_theta: own, rope_scaling: scaling } = config;
  const theta = ropeTheta(rope) ?? own ?? THETA;
  if (scaling == null) return rotation(graph, inputs, headSize, theta);
  const { type = scaling.rope_type, factor = 1, mixed_b: mixed } = scaling;
  if (type !== "ntk" || mixed != null) throw unsupportedSetting("rope_scaling", scaling, '"type": "ntk"');
  return rotation(graph, inputs, headSize, theta * factor, factor ** (2 / headSize));
}

function embeddings(graph: GraphWriter, shape: Shape, weight: WeightSource, inputs: EncoderInputs): Value {
  const tokens = lookUp(graph, weight, "word_embeddings", inputs.inputIds);
  if (!shape.hasSegments) return norm(graph, shape, weight, "embeddings.LayerNorm", tokens);
  const sum = graph.node("Add", [tokens, segments(graph, weight, inputs)]);
  return norm(graph, shape, weight, "embeddings.LayerNorm", sum);
}

function selfAttention(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value, mask: Mask): Value {
  const joined = dense(graph, weight, "attention.qkv_proj", input);
  const context = turnedAttention(graph, shape.heads, joined, shape.rotation, { mask });
  return addAndNorm(graph, shape, weight, ["attention.o_proj", "attn_ln"], context, input);
}

function feedForward(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value): Value {
  const both = linear(graph, input, weight(graph, "mlp.up_gate_proj.weight"));
  const [wide = "", gate = ""] = graph.split(both, 2);
  const gated = graph.node("Mul", [shape.activate(graph, gate), wide]);
  return addAndNorm(graph, shape, weight, ["mlp.down_proj", "mlp_ln"], gated, input);
}
