import { distances, type EncoderInputs } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";

export interface Buckets {
  readonly count: number;
  /** Tokens further apart than this are all in the last bucket. */
  readonly maxDistance: number;
}

/**
 * For each head and every two tokens the number that their distance's bucket has: `[1, heads, sequence, sequence]`.
 * @param table float32 `[buckets, heads]`
 * Source: `_relative_position_bucket` in `modeling_t5.py` of Hugging Face Transformers
 */
export function relativeScores(graph: GraphWriter, table: Value, inputs: EncoderInputs, buckets: Buckets): Value {
  const { maxDistance: most } = buckets;
  const byDistance = Array.from({ length: 2 * most + 1 }, (_, index) => bucket(index - most, buckets));
  const rows = graph.node("Gather", [table, graph.integers(byDistance, [byDistance.length])]);
  const apart = [distances(graph, inputs), graph.scalar(-most), graph.scalar(most)];
  const index = graph.node("Add", [graph.node("Clip", apart), graph.scalar(most)]);
  const headsLast = graph.node("Gather", [rows, index]);
  const headsFirst = graph.node("Transpose", [headsLast], { perm: { ints: [2, 0, 1] } });
  return graph.node("Unsqueeze", [headsFirst, graph.integers([0], [1])]);
}

/** Half of the buckets are for tokens before; of each half, half for one distance each, the others ever wider. */
function bucket(distance: number, { count, maxDistance }: Buckets): number {
  const half = count / 2;
  const exact = half / 2;
  const first = distance > 0 ? half : 0;
  const away = Math.abs(distance);
  if (away < exact) return first + away;
  const wider = Math.trunc((Math.log(away / exact) / Math.log(maxDistance / exact)) * (half - exact));
  return first + Math.min(exact + wider, half - 1);
}
