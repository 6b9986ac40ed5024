import { size, type EncoderConfig } from "./encoder-config.ts";
import { activation, distances, type EncoderInputs, type WeightSource } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { postNormEncoder } from "./post-norm.ts";

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
/** The library takes so many, whatever the settings say. */
const BUCKETS = 32;
/** Tokens further apart than this are all in the last bucket. */
const MAX_DISTANCE = 128;

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
    path: "encoder.layer",
    names: NAMES,
  };
  return postNormEncoder(graph, shape, weight, inputs, relativeScores(graph, config, weight, inputs));
}

/** For each head and every two tokens the number that their distance's bucket has: `[1, heads, sequence, sequence]`. */
function relativeScores(graph: GraphWriter, config: EncoderConfig, weight: WeightSource, inputs: EncoderInputs): Value {
  const reach = size(config, "max_position_embeddings");
  const byDistance = Array.from({ length: 2 * reach + 1 }, (_, index) => bucket(index - reach));
  const table = weight(graph, "encoder.relative_attention_bias.weight");
  const rows = graph.node("Gather", [table, graph.integers(byDistance, [byDistance.length])]);
  const index = graph.node("Add", [distances(graph, inputs), graph.scalar(reach)]);
  const headsLast = graph.node("Gather", [rows, index]);
  const headsFirst = graph.node("Transpose", [headsLast], { perm: { ints: [2, 0, 1] } });
  return graph.node("Unsqueeze", [headsFirst, graph.integers([0], [1])]);
}

/** Half of the buckets are for tokens before; of each half, half for one distance each, the others ever wider. */
function bucket(distance: number): number {
  const half = BUCKETS / 2;
  const exact = half / 2;
  const first = distance > 0 ? half : 0;
  const away = Math.abs(distance);
  if (away < exact) return first + away;
  const wider = Math.trunc((Math.log(away / exact) / Math.log(MAX_DISTANCE / exact)) * (half - exact));
  return first + Math.min(exact + wider, half - 1);
}
