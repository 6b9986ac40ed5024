import { distances, type EncoderInputs } from "./layers.ts";
import type { GraphWriter, Value } from "./onnx.ts";

/** MPNet takes so many, whatever its settings say. */
const BUCKETS = 32;
/** Tokens further apart than this are all in the last bucket. */
const MAX_DISTANCE = 128;

/**
 * For each head and every two tokens the number that their distance's bucket has: `[1, heads, sequence, sequence]`.
 * @param table float32 `[buckets, heads]`
 * Source: `_relative_position_bucket` in `modeling_t5.py` of Hugging Face Transformers
 */
export function relativeScores(graph: GraphWriter, table: Value, inputs: EncoderInputs): Value {
  const byDistance = Array.from({ length: 2 * MAX_DISTANCE + 1 }, (_, index) => bucket(index - MAX_DISTANCE));
  const rows = graph.node("Gather", [table, graph.integers(byDistance, [byDistance.length])]);
  const apart = [distances(graph, inputs), graph.scalar(-MAX_DISTANCE), graph.scalar(MAX_DISTANCE)];
  const index = graph.node("Add", [graph.node("Clip", apart), graph.scalar(MAX_DISTANCE)]);
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
