import { requireSetting, size, type EncoderConfig } from "./encoder-config.ts";
import { activation, type EncoderInputs, type WeightSource } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { postNormEncoder } from "./post-norm.ts";

const NAMES = {
  query: "attention.query",
  key: "attention.key",
  value: "attention.value",
  attended: "attention.dense",
  attentionNorm: "attention.LayerNorm",
  wide: "ffn",
  narrow: "ffn_output",
  outputNorm: "full_layer_layer_norm",
};

/**
 * BERT whose layers are all the same, and whose embeddings are shorter than its states.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_albert.py` of Hugging Face Transformers
 */
export function albert(graph: GraphWriter, config: EncoderConfig, weight: WeightSource, inputs: EncoderInputs): Value {
  requireSetting(config, "num_hidden_groups", 1);
  requireSetting(config, "inner_group_num", 1);
  const shape = {
    layers: size(config, "num_hidden_layers"),
    heads: size(config, "num_attention_heads"),
    epsilon: config.layer_norm_eps ?? 1e-12,
    activate: activation("hidden_act", config.hidden_act ?? "gelu_new"),
    hasSegments: true,
    path: () => "encoder.albert_layer_groups.0.albert_layers.0",
    names: NAMES,
    projection: "encoder.embedding_hidden_mapping_in",
  };
  return postNormEncoder(graph, shape, weight, inputs);
}
