import { EngineError } from "../errors.ts";
import { createGraphWriter, INT32, MICROSOFT, type GraphWriter, type Value } from "./onnx.ts";

/** The fields of a BERT-like model's `config.json` that the encoder depends on. */
export interface BertConfig {
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly layer_norm_eps?: number;
  readonly hidden_act?: string;
  readonly position_embedding_type?: string;
  readonly is_decoder?: boolean;
}

/** Puts one of the model's tensors into the graph, by its name without the model's prefix. */
export type WeightSource = (graph: GraphWriter, name: string) => Value;

type Activation = (graph: GraphWriter, hidden: Value, bias: Value) => Value;

/** Feed-forward activations by their name in `config.json`; each adds the bias first. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: (graph, hidden, bias) => graph.node("BiasGelu", [hidden, bias], {}, MICROSOFT),
  gelu_new: (graph, hidden, bias) => graph.node("FastGelu", [hidden, bias], {}, MICROSOFT),
  gelu_pytorch_tanh: (graph, hidden, bias) => graph.node("FastGelu", [hidden, bias], {}, MICROSOFT),
  relu: (graph, hidden, bias) => graph.node("Relu", [graph.node("Add", [hidden, bias])]),
};

/**
 * The encoder of BERT, RoBERTa and XLM-RoBERTa as an ONNX file without weights.
 *
 * Inputs, all int32 `[batch, sequence]`: `input_ids`; `position_ids`, rows of the position table; `attention_mask`,
 * 1 for a token and 0 for padding. Output: `last_hidden_state`, float32 `[batch, sequence, hidden_size]`.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_bert.py` of Hugging Face Transformers; operators: https://onnx.ai/onnx/operators and
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
export function bertGraph(config: BertConfig, weight: WeightSource): Uint8Array {
  const activate = activation(config);
  const graph = createGraphWriter("bert");
  const mask = graph.input("attention_mask", INT32, ["batch", "sequence"]);
  let hidden = embeddings(graph, config, weight);
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const layerWeight: WeightSource = (graph, name) => weight(graph, `encoder.layer.${index}.${name}`);
    const attended = attention(graph, config, hidden, mask, layerWeight);
    hidden = feedForward(graph, config, attended, activate, layerWeight);
  }
  graph.output("last_hidden_state", hidden, ["batch", "sequence", config.hidden_size]);
  return graph.bytes();
}

/** Token, position and (always the first) segment embeddings, summed and normalised. */
function embeddings(graph: GraphWriter, config: BertConfig, weight: WeightSource): Value {
  const lookUp = (table: string, index: Value) =>
    graph.node("Gather", [weight(graph, `embeddings.${table}.weight`), index]);
  const tokens = lookUp("word_embeddings", graph.input("input_ids", INT32, ["batch", "sequence"]));
  const positions = lookUp("position_embeddings", graph.input("position_ids", INT32, ["batch", "sequence"]));
  const segment = lookUp("token_type_embeddings", graph.scalar(0));
  const sum = graph.node("Add", [graph.node("Add", [tokens, positions]), segment]);
  const norm = [weight(graph, "embeddings.LayerNorm.weight"), weight(graph, "embeddings.LayerNorm.bias")];
  return graph.node("LayerNormalization", [sum, ...norm], { axis: { int: -1 }, epsilon: epsilon(config) });
}

function attention(graph: GraphWriter, config: BertConfig, input: Value, mask: Value, weight: WeightSource): Value {
  const parts = ["query", "key", "value"].map((part) => `attention.self.${part}`);
  const projected = parts.map((part) => linear(graph, input, weight(graph, `${part}.weight`)));
  const biases = parts.map((part) => weight(graph, `${part}.bias`));
  const operands = [...projected, graph.node("Concat", biases, { axis: { int: 0 } }), mask];
  const heads = { num_heads: { int: config.num_attention_heads } };
  const attended = graph.node("MultiHeadAttention", operands, heads, MICROSOFT);
  return project(graph, config, attended, input, "attention.output", weight);
}

function feedForward(
  graph: GraphWriter,
  config: BertConfig,
  input: Value,
  activate: Activation,
  weight: WeightSource,
): Value {
  const wide = linear(graph, input, weight(graph, "intermediate.dense.weight"));
  const activated = activate(graph, wide, weight(graph, "intermediate.dense.bias"));
  return project(graph, config, activated, input, "output", weight);
}

/** How both halves of a layer end: `LayerNorm(residual + dense(input))`. */
function project(
  graph: GraphWriter,
  config: BertConfig,
  input: Value,
  residual: Value,
  name: string,
  weight: WeightSource,
): Value {
  const product = linear(graph, input, weight(graph, `${name}.dense.weight`));
  const norm = ["LayerNorm.weight", "LayerNorm.bias", "dense.bias"].map((part) => weight(graph, `${name}.${part}`));
  return graph.node("SkipLayerNormalization", [product, residual, ...norm], { epsilon: epsilon(config) }, MICROSOFT);
}

/** PyTorch keeps a linear layer's weight as `[out, in]`: the product takes it transposed. */
function linear(graph: GraphWriter, input: Value, weight: Value): Value {
  return graph.node("FusedMatMul", [input, weight], { transB: { int: 1 } }, MICROSOFT);
}

function epsilon(config: BertConfig): { readonly float: number } {
  return { float: config.layer_norm_eps ?? 1e-12 };
}

/** The checked configuration's activation. */
function activation(config: BertConfig): Activation {
  const { hidden_act: name = "gelu", position_embedding_type: positions = "absolute" } = config;
  const activate = ACTIVATIONS[name];
  if (activate === undefined) throw unsupported("hidden_act", name, Object.keys(ACTIVATIONS).join(", "));
  if (positions !== "absolute") throw unsupported("position_embedding_type", positions, "absolute");
  if (config.is_decoder === true) throw unsupported("is_decoder", "true", "false");
  return activate;
}

function unsupported(field: string, value: string, supported: string): EngineError {
  const message = `The model's config.json has ${field} "${value}", which is not supported; supported: ${supported}.`;
  return new EngineError("unsupported", message);
}
