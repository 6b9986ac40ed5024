import { requireSetting, size, unsupportedSetting, type EncoderConfig } from "./encoder-config.ts";
import { activation, dense, distances, norm, type EncoderInputs, type WeightSource } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { postNormEncoder, type RelativeSight } from "./post-norm.ts";

const NAMES = {
  query: "attention.self.query_proj",
  key: "attention.self.key_proj",
  value: "attention.self.value_proj",
  attended: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  wide: "intermediate.dense",
  narrow: "output.dense",
  outputNorm: "output.LayerNorm",
};
/** Content to content, content to position, and position to content. */
const TERMS = 3;

interface Relative {
  readonly heads: number;
  readonly headSize: number;
  /** One for each distance: `[distances, hidden]`. */
  readonly table: Value;
  /** The row of the table for every two tokens: int64 `[sequence, sequence]`. */
  readonly rows: Value;
}

/**
 * DeBERTa 2 and 3: BERT whose attention is also by how far apart two tokens are, in place of positions.
 * @throws EngineError `unsupported` for a setting that the graph cannot compute.
 * Source: `modeling_deberta_v2.py` of Hugging Face Transformers
 */
export function deberta(graph: GraphWriter, config: EncoderConfig, weight: WeightSource, inputs: EncoderInputs): Value {
  checkSettings(config);
  const heads = size(config, "num_attention_heads");
  const epsilon = config.layer_norm_eps ?? 1e-7;
  const embeddings = weight(graph, "encoder.rel_embeddings.weight");
  const relative: Relative = {
    heads,
    headSize: size(config, "hidden_size") / heads,
    table: norm(graph, { epsilon }, weight, "encoder.LayerNorm", embeddings),
    rows: distanceRows(graph, config, inputs),
  };
  const shape = {
    layers: size(config, "num_hidden_layers"),
    heads,
    epsilon,
    activate: activation("hidden_act", config.hidden_act),
    hasSegments: false,
    hasPositions: false,
    path: (layer: number) => `encoder.layer.${layer}`,
    names: NAMES,
    relative: disentangled(relative),
  };
  return postNormEncoder(graph, shape, weight, inputs);
}

function checkSettings(config: EncoderConfig): void {
  const { relative_attention = false, share_att_key = false, position_biased_input = true } = config;
  if (!relative_attention) throw unsupportedSetting("relative_attention", relative_attention, "true");
  if (!share_att_key) throw unsupportedSetting("share_att_key", share_att_key, "true");
  if (position_biased_input) throw unsupportedSetting("position_biased_input", position_biased_input, "false");
  const both = [config.pos_att_type ?? []].flat().join("|");
  if (!both.includes("c2p") || !both.includes("p2c")) throw unsupportedSetting("pos_att_type", both, "c2p and p2c");
  requireSetting(config, "norm_rel_ebd", "layer_norm");
  requireSetting(config, "type_vocab_size", 0);
  requireSetting(config, "conv_kernel_size", 0);
  requireSetting(config, "embedding_size", size(config, "hidden_size"));
}

/** Near distances have a row each, those further away share rows, ever more of them. */
function distanceRows(graph: GraphWriter, config: EncoderConfig, inputs: EncoderInputs): Value {
  const { position_buckets: buckets = -1, max_relative_positions: asked = -1 } = config;
  const furthest = asked < 1 ? size(config, "max_position_embeddings") : asked;
  const span = buckets > 0 ? buckets : furthest;
  const row = (distance: number): number => {
    const bucket = buckets > 0 ? logBucket(distance, buckets, furthest) : distance;
    return Math.min(Math.max(bucket + span, 0), 2 * span - 1);
  };
  // What `distances` counts is how far the second token is behind the first: here, the first behind the second counts.
  const byDistance = Array.from({ length: 2 * furthest + 1 }, (_, index) => row(furthest - index));
  const apart = [distances(graph, inputs), graph.scalar(-furthest), graph.scalar(furthest)];
  const index = graph.node("Add", [graph.node("Clip", apart), graph.scalar(furthest)]);
  return graph.node("Gather", [graph.integers(byDistance, [byDistance.length]), index]);
}

function logBucket(distance: number, buckets: number, furthest: number): number {
  const middle = Math.floor(buckets / 2);
  const away = Math.abs(distance);
  if (away <= middle) return distance;
  // As PyTorch has it, in 32 bits: at the edges of a bucket it matters.
  const share = Math.fround(Math.fround(Math.log(away / middle)) / Math.fround(Math.log((furthest - 1) / middle)));
  return Math.sign(distance) * (Math.ceil(Math.fround(share * (middle - 1))) + middle);
}

function disentangled({ heads, headSize, table, rows }: Relative): RelativeSight {
  return (graph, weight, query, key) => {
    const scale = 1 / Math.sqrt(TERMS * headSize);
    const byRow = (states: Value, name: string): Value => {
      const split = graph.node("Reshape", [
        dense(graph, weight, name, table),
        graph.integers([-1, heads, headSize], [3]),
      ]);
      const columns = graph.node("Transpose", [split], { perm: { ints: [1, 2, 0] } });
      return graph.node("MatMul", [headsFirst(graph, states, heads, headSize), columns]);
    };
    const toPosition = pick(graph, byRow(query, NAMES.key), rows);
    const turned = graph.node("Transpose", [rows], { perm: { ints: [1, 0] } });
    const fromPosition = graph.node("Transpose", [pick(graph, byRow(key, NAMES.query), turned)], {
      perm: { ints: [0, 1, 3, 2] },
    });
    const sum = graph.node("Add", [toPosition, fromPosition]);
    return { scale, scores: graph.node("Mul", [sum, graph.floats([scale], [1])]) };
  };
}

/** `[batch, sequence, hidden]` as `[batch, heads, sequence, head size]`. */
function headsFirst(graph: GraphWriter, states: Value, heads: number, headSize: number): Value {
  const split = graph.node("Reshape", [states, graph.integers([0, 0, heads, headSize], [4])]);
  return graph.node("Transpose", [split], { perm: { ints: [0, 2, 1, 3] } });
}

/** Of `[batch, heads, sequence, rows]`, for every two tokens the number in their row. */
function pick(graph: GraphWriter, values: Value, rows: Value): Value {
  const front = graph.node("Slice", [
    graph.node("Shape", [values]),
    graph.integers([0], [1]),
    graph.integers([2], [1]),
  ]);
  const shape = graph.node("Concat", [front, graph.node("Shape", [rows])], { axis: { int: 0 } });
  return graph.node("GatherElements", [values, graph.node("Expand", [rows, shape])], { axis: { int: 3 } });
}
