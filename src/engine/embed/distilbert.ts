import { size, type EncoderConfig } from "./encoder-config.ts";
import { activation, type EncoderInputs, type WeightSource } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { postNormEncoder } from "./post-norm.ts";

const NAMES = {
  query: "attention.q_lin",
  key: "attention.k_lin",
  value: "attention.v_lin",
  attended: "attention.out_lin",
  attentionNorm: "sa_layer_norm",
  wide: "ffn.lin1",
  narrow: "ffn.lin2",
  outputNorm: "output_layer_norm",
};
/** Not a setting. */
const EPSILON = 1e-12;

/**
 * BERT under other names, with half the layers and no segments.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_distilbert.py` of Hugging Face Transformers
 */
export function distilBert(
  graph: GraphWriter,
  config: EncoderConfig,
  weight: WeightSource,
  inputs: EncoderInputs,
): Value {
  const shape = {
    layers: size(config, "n_layers"),
    heads: size(config, "n_heads"),
    epsilon: EPSILON,
    activate: activation("activation", config.activation),
    hasSegments: false,
    path: (layer: number) => `transformer.layer.${layer}`,
    names: NAMES,
  };
  return postNormEncoder(graph, shape, weight, inputs);
}
