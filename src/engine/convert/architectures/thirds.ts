import type { Place } from "../architecture.ts";

const KINDS = ["attn_q", "attn_k", "attn_v"];

/** Of a matrix, or of a bias, that has query, key and value one over the other, all of the same size. */
export function thirds(kind: "weight" | "bias"): readonly Place[] {
  return KINDS.map((name, index) => ({
    name: `${name}.${kind}`,
    rows: ({ hidden_size: width }) => [{ from: index * width, count: width }],
  }));
}
