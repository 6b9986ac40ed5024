/** How the tokens' hidden states become one vector, by sentence-transformers' names. */
export type PoolingMode = "cls" | "max" | "mean" | "mean_sqrt_len_tokens" | "weightedmean" | "lasttoken";

/**
 * One text's hidden states, `[tokens, dim]` row-major without padding, their `dim`, and the place in the text of the
 * first of them.
 */
type Pool = (hidden: Float32Array, dim: number, first: number) => Float32Array;

/** Source: `Pooling` of sentence-transformers. */
const POOL: Readonly<Record<PoolingMode, Pool>> = {
  cls: (hidden, dim) => hidden.slice(0, dim),
  lasttoken: (hidden, dim) => hidden.slice(-dim),
  max(hidden, dim) {
    const vector = new Float32Array(dim).fill(-Infinity);
    for (const token of rows(hidden, dim))
      token.forEach((value, i) => (vector[i] = Math.max(vector[i] ?? value, value)));
    return vector;
  },
  mean: (hidden, dim) =>
    scale(
      weightedSum(hidden, dim, () => 1),
      dim / hidden.length,
    ),
  mean_sqrt_len_tokens: (hidden, dim) =>
    scale(
      weightedSum(hidden, dim, () => 1),
      Math.sqrt(dim / hidden.length),
    ),
  weightedmean(hidden, dim, first) {
    const tokens = hidden.length / dim;
    const weights = (tokens * (2 * first + tokens + 1)) / 2;
    return scale(
      weightedSum(hidden, dim, (token) => first + token + 1),
      1 / weights,
    );
  },
};

export const POOLING_MODES: readonly string[] = Object.keys(POOL);

/**
 * The vectors of several modes stand one after the other: `modes.length × dim` numbers.
 * @param first the tokens before it, those of a prompt, are left out.
 */
export function pool(hidden: Float32Array, dim: number, modes: readonly PoolingMode[], first = 0): Float32Array {
  const pooled = hidden.subarray(first * dim);
  return Float32Array.from(modes.flatMap((mode) => [...POOL[mode](pooled, dim, first)]));
}

/** The vector at length 1; a vector of zeros stays as it is. */
export function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return scale(vector, 1 / Math.max(length, 1e-12));
}

function weightedSum(hidden: Float32Array, dim: number, weight: (token: number) => number): Float64Array {
  const sum = new Float64Array(dim);
  for (const [token, row] of rows(hidden, dim).entries()) {
    const factor = weight(token);
    row.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + factor * value));
  }
  return sum;
}

function rows(hidden: Float32Array, dim: number): Float32Array[] {
  return Array.from({ length: hidden.length / dim }, (_, row) => hidden.subarray(row * dim, (row + 1) * dim));
}

function scale(vector: Float32Array | Float64Array, factor: number): Float32Array {
  return Float32Array.from(vector, (value) => value * factor);
}
