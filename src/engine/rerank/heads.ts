import type { EncoderConfig } from "../embed/encoder-config.ts";
import { activation, dense, layerNorm, linear, type EncoderInputs, type WeightSource } from "../embed/layers.ts";
import { FLOAT, MICROSOFT, type GraphWriter, type Value } from "../embed/onnx.ts";

/** The tensors of a cross-encoder: those of the encoder, and those of the head, which have no prefix. */
export interface HeadWeights {
  readonly encoder: WeightSource;
  readonly head: WeightSource;
}

/**
 * What makes a score of the last hidden states.
 * @param hidden float32 `[batch, sequence, hidden]`
 * @returns the logits, float32 `[batch, labels]`
 */
export type Head = (
  graph: GraphWriter,
  config: EncoderConfig,
  weights: HeadWeights,
  hidden: Value,
  inputs: EncoderInputs,
) => Value;

/** BERT's pooler, which is part of the encoder, and a classifier. */
export const bertHead: Head = (graph, _config, weights, hidden) => {
  const pooled = dense(graph, weights.encoder, "pooler.dense", firstToken(graph, hidden));
  return dense(graph, weights.head, "classifier", graph.node("Tanh", [pooled]));
};

/** As BERT's, but for the activation. */
export const debertaHead: Head = (graph, config, weights, hidden) => {
  const activate = activation("pooler_hidden_act", config.pooler_hidden_act);
  const pooled = dense(graph, weights.head, "pooler.dense", firstToken(graph, hidden));
  return dense(graph, weights.head, "classifier", activate(graph, pooled));
};

/** That of RoBERTa, XLM-RoBERTa, CamemBERT and MPNet. */
export const robertaHead: Head = (graph, _config, weights, hidden) => {
  const wide = dense(graph, weights.head, "classifier.dense", firstToken(graph, hidden));
  return dense(graph, weights.head, "classifier.out_proj", graph.node("Tanh", [wide]));
};

export const electraHead: Head = (graph, _config, weights, hidden) => {
  const wide = dense(graph, weights.head, "classifier.dense", firstToken(graph, hidden));
  return dense(graph, weights.head, "classifier.out_proj", graph.node("Gelu", [wide], {}, MICROSOFT));
};

export const distilBertHead: Head = (graph, _config, weights, hidden) => {
  const wide = dense(graph, weights.head, "pre_classifier", firstToken(graph, hidden));
  return dense(graph, weights.head, "classifier", graph.node("Relu", [wide]));
};

export const modernBertHead: Head = (graph, config, weights, hidden, inputs) => {
  const pooled = config.classifier_pooling === "mean" ? mean(graph, hidden, inputs) : firstToken(graph, hidden);
  const bias = (name: string, has: boolean | undefined) => (has === true ? weights.head(graph, name) : undefined);
  const activate = activation("classifier_activation", config.classifier_activation);
  const denseBias = bias("head.dense.bias", config.classifier_bias);
  const wide = linear(graph, pooled, weights.head(graph, "head.dense.weight"), denseBias);
  const normBias = bias("head.norm.bias", config.norm_bias);
  const norm = weights.head(graph, "head.norm.weight");
  const normed = layerNorm(graph, activate(graph, wide), config.norm_eps ?? 1e-5, norm, normBias);
  return dense(graph, weights.head, "classifier", normed);
};

/** `[batch, hidden]`: the state of `[CLS]` or `<s>`. */
function firstToken(graph: GraphWriter, hidden: Value): Value {
  return graph.node("Gather", [hidden, graph.scalar(0)], { axis: { int: 1 } });
}

/** `[batch, hidden]`: the mean of the tokens' states, padding left out. */
function mean(graph: GraphWriter, hidden: Value, { attentionMask }: EncoderInputs): Value {
  const mask = graph.node("Cast", [attentionMask], { to: { int: FLOAT } });
  const column = graph.node("Unsqueeze", [mask, graph.integers([2], [1])]);
  const sum = (values: Value): Value =>
    graph.node("ReduceSum", [values, graph.integers([1], [1])], { keepdims: { int: 0 } });
  return graph.node("Div", [sum(graph.node("Mul", [hidden, column])), sum(column)]);
}
