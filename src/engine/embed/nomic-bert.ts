import { mixture, type Experts } from "./experts.ts";
import { requireSettings, type FixedSettings, ropeTheta, size, type EncoderConfig } from "./encoder-config.ts";
import {
  activation,
  addAndNorm,
  dense,
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
  /** Whether the feed-forward half has a gate. */
  readonly isGated: boolean;
  readonly hasBias: { readonly attention: boolean; readonly wide: boolean; readonly narrow: boolean };
  readonly rotation: Rotation;
  /** Of the layers that have some. */
  readonly experts: Experts | undefined;
}

/** The gated units that `activation_function` may name, and what goes through the gate. */
const GATES: Readonly<Record<string, string>> = { swiglu: "silu", geglu: "gelu" };
/** Settings of a more general encoder, of which this is one. */
const FIXED: FixedSettings = {
  prenorm: false,
  parallel_block: false,
  causal: false,
  use_rms_norm: false,
  moe_normalize_expert_weights: false,
  num_shared_experts: 0,
  expert_choice_router: false,
  rotary_emb_fraction: 1,
  rotary_emb_interleaved: false,
};

/**
 * BERT with rotary positions; version 1 has a gated feed-forward half and no biases, version 2 experts in every second
 * layer. The files of the hub have GPT-2's names for the settings, those of transformers 5 BERT's.
 *
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: https://huggingface.co/nomic-ai/nomic-bert-2048 and `modeling_nomic_bert.py` of Hugging Face Transformers
 */
export function nomicBert(
  graph: GraphWriter,
  config: EncoderConfig,
  weight: WeightSource,
  inputs: EncoderInputs,
): Value {
  requireSettings(config, FIXED);
  const heads = size(config, "n_head", "num_attention_heads");
  const width = size(config, "n_embd", "hidden_size");
  const { activation_function: named, qkv_proj_bias = false, mlp_fc1_bias = false, mlp_fc2_bias = false } = config;
  const activate = activation(
    "activation_function",
    named == null ? (config.hidden_act ?? "silu") : (GATES[named] ?? named),
  );
  const { num_experts: count = 0, moe_top_k: taken = 1 } = config;
  const shape: Shape = {
    heads,
    epsilon: config.layer_norm_epsilon ?? config.layer_norm_eps ?? 1e-12,
    activate,
    isGated: named == null || Object.hasOwn(GATES, named),
    hasBias: { attention: qkv_proj_bias, wide: mlp_fc1_bias, narrow: mlp_fc2_bias },
    rotation: rotation(graph, inputs, width / heads, theta(config)),
    experts: count === 0 ? undefined : { count, taken, width, activate },
  };

  const mask = maskOf(graph, inputs);
  let hidden = embeddings(graph, shape, weight, inputs);
  for (let index = 0; index < size(config, "n_layer", "num_hidden_layers"); index++) {
    const layerWeight: WeightSource = (graph, name, part) => weight(graph, `encoder.layers.${index}.${name}`, part);
    const attended = attentionHalf(graph, shape, layerWeight, hidden, mask);
    const half = hasExperts(config, index) ? mixtureHalf : feedForward;
    hidden = norm(graph, shape, layerWeight, "norm2", half(graph, shape, layerWeight, attended));
  }
  return hidden;
}

function hasExperts({ num_experts: count = 0, moe_every_n_layers: every = 0 }: EncoderConfig, index: number): boolean {
  return count > 0 && every > 0 && index % every === 1;
}

function theta({ rope_parameters: rope, rotary_emb_base: base }: EncoderConfig): number {
  return ropeTheta(rope) ?? base ?? 1000;
}

function embeddings(graph: GraphWriter, shape: Shape, weight: WeightSource, inputs: EncoderInputs): Value {
  const words = lookUp(graph, weight, "word_embeddings", inputs.inputIds);
  const sum = graph.node("Add", [words, segments(graph, weight, inputs)]);
  return norm(graph, shape, weight, "emb_ln", sum);
}

function attentionHalf(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value, mask: Mask): Value {
  const { attention: hasBias } = shape.hasBias;
  const joined = dense(graph, weight, "attn.Wqkv", input, hasBias);
  const context = turnedAttention(graph, shape.heads, joined, shape.rotation, { mask });
  return addAndNorm(graph, shape, weight, ["attn.out_proj", "norm1"], context, input, hasBias);
}

function feedForward(graph: GraphWriter, shape: Shape, weight: WeightSource, input: Value): Value {
  const { activate, isGated, hasBias } = shape;
  const first = (name: string) => dense(graph, weight, `mlp.${name}`, input, hasBias.wide);
  const wide = isGated
    ? graph.node("Mul", [first("fc11"), activate(graph, first("fc12"))])
    : activate(graph, first("fc1"));
  return graph.node("Add", [dense(graph, weight, "mlp.fc2", wide, hasBias.narrow), input]);
}

function mixtureHalf(graph: GraphWriter, { experts }: Shape, weight: WeightSource, input: Value): Value {
  if (experts === undefined) return input;
  const own: WeightSource = (graph, name, part) => weight(graph, `mlp.${name}`, part);
  return graph.node("Add", [mixture(graph, experts, own, input), input]);
}
