import { isFactored, requireSetting, size, type EncoderConfig } from "./encoder-config.ts";
import { activation, type EncoderInputs, type WeightSource } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { postNormEncoder } from "./post-norm.ts";

const NAMES = {
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attended: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  wide: "intermediate.dense",
  narrow: "output.dense",
  outputNorm: "output.LayerNorm",
};

/**
 * The encoder of BERT, RoBERTa, XLM-RoBERTa and ELECTRA.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_bert.py` of Hugging Face Transformers
 */
export function bert(graph: GraphWriter, config: EncoderConfig, weight: WeightSource, inputs: EncoderInputs): Value {
  requireSetting(config, "position_embedding_type", "absolute");
  requireSetting(config, "is_decoder", false);
  const shape = {
    layers: size(config, "num_hidden_layers"),
    heads: size(config, "num_attention_heads"),
    epsilon: config.layer_norm_eps ?? 1e-12,
    activate: activation("hidden_act", config.hidden_act),
    hasSegments: true,
    path: (layer: number) => `encoder.layer.${layer}`,
    names: NAMES,
    ...(isFactored(config) && { projection: "embeddings_project" }),
  };
  return postNormEncoder(graph, shape, weight, inputs);
}
