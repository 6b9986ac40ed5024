import { size, type EncoderConfig } from "./encoder-config.ts";
import { activation, type EncoderInputs, type WeightSource } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { postNormEncoder } from "./post-norm.ts";
import { type Buckets, relativeScores } from "./relative-scores.ts";

const NAMES = {
  query: "attention.attn.q",
  key: "attention.attn.k",
  value: "attention.attn.v",
  attended: "attention.attn.o",
  attentionNorm: "attention.LayerNorm",
  wide: "intermediate.dense",
  narrow: "output.dense",
  outputNorm: "output.LayerNorm",
};

/** So many, whatever the settings say. */
const BUCKETS: Buckets = { count: 32, maxDistance: 128 };

/**
 * BERT without segments, whose attention also depends on how far apart two tokens are.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_mpnet.py` of Hugging Face Transformers
 */
export function mpnet(graph: GraphWriter, config: EncoderConfig, weight: WeightSource, inputs: EncoderInputs): Value {
  const shape = {
    layers: size(config, "num_hidden_layers"),
    heads: size(config, "num_attention_heads"),
    epsilon: config.layer_norm_eps ?? 1e-12,
    activate: activation("hidden_act", config.hidden_act),
    hasSegments: false,
    path: (layer: number) => `encoder.layer.${layer}`,
    names: NAMES,
  };
  return postNormEncoder(
    graph,
    shape,
    weight,
    inputs,
    relativeScores(graph, weight(graph, "encoder.relative_attention_bias.weight"), inputs, BUCKETS),
  );
}
