import { attention, countTokens, type EncoderInputs, type Sight } from "./layers.ts";
import { FLOAT, MICROSOFT, type GraphWriter, type Value } from "./onnx.ts";

/** The turns of each position: float32 `[sequence, head size / 2]` each. */
export interface Rotation {
  readonly cosine: Value;
  readonly sine: Value;
}

/**
 * Rotary position embeddings, computed for the length of each batch.
 *
 * @param slower how many times slower all of them turn.
 * Source: https://arxiv.org/abs/2104.09864
 */
export function rotation(
  graph: GraphWriter,
  inputs: EncoderInputs,
  headSize: number,
  theta: number,
  slower = 1,
): Rotation {
  const frequencies = Array.from({ length: headSize / 2 }, (_, index) => theta ** ((-2 * index) / headSize) / slower);
  const positions = graph.node("Cast", [countTokens(graph, inputs)], { to: { int: FLOAT } });
  const column = graph.node("Unsqueeze", [positions, graph.integers([1], [1])]);
  const angles = graph.node("Mul", [column, graph.floats(frequencies, [frequencies.length])]);
  return { cosine: graph.node("Cos", [angles]), sine: graph.node("Sin", [angles]) };
}

/** @param value `[batch, sequence, hidden]`, as is what it returns. The first half of a head turns with the second. */
export function rotate(graph: GraphWriter, value: Value, { cosine, sine }: Rotation): Value {
  const start = graph.integers([0], [1]);
  return graph.node("RotaryEmbedding", [value, start, cosine, sine], {}, MICROSOFT);
}

/** Attention over query, key and value that lie side by side in one value; the first two are turned. */
export function turnedAttention(
  graph: GraphWriter,
  heads: number,
  joined: Value,
  rotation: Rotation,
  sight: Sight,
): Value {
  const [query = "", key = "", value = ""] = graph.split(joined, 3);
  return attention(graph, heads, [rotate(graph, query, rotation), rotate(graph, key, rotation), value], sight);
}
