import { requireSetting, ropeTheta, size, type EncoderConfig } from "./encoder-config.ts";
import {
  activation,
  attention,
  layerNorm,
  linear,
  maskOf,
  type Activation,
  type EncoderInputs,
  type Mask,
  type WeightSource,
} from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { rotate, rotation, type Rotation } from "./rotary.ts";

interface Shape {
  readonly heads: number;
  readonly epsilon: number;
  readonly activate: Activation;
  readonly rotation: Rotation;
}

/** The gated units that `activation_function` may name, and what goes through the gate. */
const GATES: Readonly<Record<string, string>> = { swiglu: "silu", geglu: "gelu" };
/** Settings of a more general encoder, of which this is one. */
const FIXED: readonly (readonly [field: keyof EncoderConfig, value: number | boolean])[] = [
  ["prenorm", false],
  ["parallel_block", false],
  ["causal", false],
  ["use_rms_norm", false],
  ["qkv_proj_bias", false],
  ["mlp_fc1_bias", false],
  ["mlp_fc2_bias", false],
  ["num_experts", 0],
  ["rotary_emb_fraction", 1],
  ["rotary_emb_interleaved", false],
];

/**
 * BERT with rotary positions, gated feed-forward and no biases. The files of the hub have GPT-2's names for the
 * settings, those of transformers 5 BERT's.
 *
 * @throws EngineError `unsupported` for a setting that the graph cannot compute, such as the experts of version 2.
 * Source: https://huggingface.co/nomic-ai/nomic-bert-2048 and `modeling_nomic_bert.py` of Hugging Face Transformers
 */
export function nomicBert(
  graph: GraphWriter,
  config: EncoderConfig,
  weight: WeightSource,
  inputs: EncoderInputs,
): Value {
  for (const [field, value] of FIXED) requireSetting(config, field, value);
  const heads = size(config, "n_head", "num_attention_heads");
  const headSize = size(config, "n_embd", "hidden_size") / heads;
  const shape: Shape = {
    heads,
    epsilon: config.layer_norm_epsilon ?? config.layer_norm_eps ?? 1e-12,
    activate: gate(config),
    rotation: rotation(graph, inputs, headSize, theta(config)),
  };

  const mask = maskOf(graph, inputs);
  let hidden = embeddings(graph, shape, weight, inputs);
  for (let index = 0; index < size(config, "n_layer", "num_hidden_layers"); index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `encoder.layers.${index}.${name}`);
    hidden = layer(graph, shape, layerWeight, hidden, mask);
  }
  return hidden;
}

function gate({ activation_function: gated, hidden_act }: EncoderConfig): Activation {
  return activation("activation_function", gated == null ? (hidden_act ?? "silu") : (GATES[gated] ?? gated));
}

function theta({ rope_parameters: rope, rotary_emb_base: base }: EncoderConfig): number {
  return ropeTheta(rope) ?? base ?? 1000;
}

function embeddings(graph: GraphWriter, shape: Shape, weight: WeightSource, inputs: EncoderInputs): Value {
  const lookUp = (table: string, index: Value) =>
    graph.node("Gather", [weight(graph, `embeddings.${table}.weight`), index]);
  const segment = lookUp("token_type_embeddings", inputs.tokenTypes ?? graph.scalar(0));
  const sum = graph.node("Add", [lookUp("word_embeddings", inputs.inputIds), segment]);
  return norm(graph, shape, weight, "emb_ln", sum);
}

function layer(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value, mask: Mask): Value {
  const product = (from: Value, name: string) => linear(graph, from, weight(graph, `${name}.weight`));
  const [query = "", key = "", value = ""] = graph.split(product(input, "attn.Wqkv"), 3);
  const turn = (each: Value) => rotate(graph, each, shape.rotation);
  const context = attention(graph, shape.heads, [turn(query), turn(key), value], { mask });
  const attended = graph.node("Add", [product(context, "attn.out_proj"), input]);
  const middle = norm(graph, shape, weight, "norm1", attended);

  const gate = shape.activate(graph, product(middle, "mlp.fc12"));
  const wide = graph.node("Mul", [product(middle, "mlp.fc11"), gate]);
  return norm(graph, shape, weight, "norm2", graph.node("Add", [product(wide, "mlp.fc2"), middle]));
}

function norm(graph: GraphWriter, { epsilon }: Shape, weight: WeightSource, name: string, input: Value): Value {
  return layerNorm(graph, input, epsilon, weight(graph, `${name}.weight`), weight(graph, `${name}.bias`));
}
