import { linear, type Activation, type WeightSource } from "./layers.ts";
import { MICROSOFT, type GraphWriter, type Value } from "./onnx.ts";

/** A feed-forward half that has several networks, of which each token takes some. */
export interface Experts {
  readonly count: number;
  /** How many of them a token takes. */
  readonly taken: number;
  /** The length of a token's states. */
  readonly width: number;
  readonly activate: Activation;
}

/**
 * The sum of what the chosen experts give, each times its share, and a bias. Shares are those of all experts: they are
 * not brought to a sum of one.
 *
 * @param weight tensors `router.layer.weight`, `experts.mlp.w1` and `.w2` with the experts' rows one after the other, and
 *   `experts.bias`.
 * @param input `[batch, sequence, width]`, as is what it returns.
 * Source: `modeling_hf_nomic_bert.py` of https://huggingface.co/nomic-ai/nomic-bert-2048
 */
export function mixture(
  graph: GraphWriter,
  { count, taken, width, activate }: Experts,
  weight: WeightSource,
  input: Value,
): Value {
  const tokens = graph.node("Reshape", [input, graph.integers([-1, width], [2])]);
  const shares = chosenShares(graph, linear(graph, tokens, weight(graph, "router.layer.weight")), taken);
  let sum = graph.node("Mul", [tokens, graph.floats([0], [1])]);
  for (let index = 0; index < count; index++) {
    const part = { index, of: count };
    const share = graph.node("Gather", [shares, graph.scalar(index)], { axis: { int: 1 } });
    const places = graph.node("Transpose", [graph.node("NonZero", [share])], { perm: { ints: [1, 0] } });
    const own = graph.node("GatherND", [tokens, places]);
    const wide = activate(graph, linear(graph, own, weight(graph, "experts.mlp.w1", part)));
    const narrow = graph.node("FusedMatMul", [wide, weight(graph, "experts.mlp.w2", part)], {}, MICROSOFT);
    const ownShare = graph.node("Unsqueeze", [graph.node("GatherND", [share, places]), graph.integers([1], [1])]);
    const given = graph.node("Mul", [narrow, ownShare]);
    sum = graph.node("ScatterND", [sum, places, given], { reduction: { text: "add" } });
  }
  const biased = graph.node("Add", [sum, weight(graph, "experts.bias")]);
  return graph.node("Reshape", [biased, graph.node("Shape", [input])]);
}

/** For each token the share of each expert, zero for those that it does not take: `[tokens, experts]`. */
function chosenShares(graph: GraphWriter, logits: Value, taken: number): Value {
  const shares = graph.node("Softmax", [logits], { axis: { int: -1 } });
  const least = graph.node("Slice", [
    graph.largest(shares, taken),
    graph.integers([taken - 1], [1]),
    graph.integers([taken], [1]),
    graph.integers([1], [1]),
  ]);
  const isChosen = graph.node("GreaterOrEqual", [shares, least]);
  return graph.node("Where", [isChosen, shares, graph.floats([0], [1])]);
}
