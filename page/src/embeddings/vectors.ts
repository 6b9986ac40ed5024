/** The cosine of each two vectors: `[n, n]`, between -1 and 1. A vector of zeros is like no other. */
export function cosines(vectors: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const lengths = vectors.map((vector) => Math.sqrt(dot(vector, vector)));
  return vectors.map((one, row) =>
    vectors.map((other, column) => {
      const scale = (lengths[row] ?? 0) * (lengths[column] ?? 0);
      return scale === 0 ? 0 : dot(one, other) / scale;
    }),
  );
}

export interface Projection {
  /** One `[x, y]` for each vector, centred on 0. */
  readonly points: readonly (readonly [number, number])[];
  /** Which part of the vectors' variance the two directions hold: between 0 and 1. */
  readonly explained: number;
}

/**
 * The two principal components of the vectors: of all flat maps, the one on which they differ most.
 *
 * There are fewer vectors than dimensions, so the eigenvectors of their Gram matrix `[n, n]` are sought, not those of
 * the covariance `[dim, dim]`: scaled by the roots of their eigenvalues they are the coordinates.
 * Source: https://en.wikipedia.org/wiki/Principal_component_analysis#Computation_using_the_covariance_method
 */
export function project(vectors: readonly (readonly number[])[]): Projection {
  const centred = centre(vectors);
  const gram = centred.map((one) => centred.map((other) => dot(one, other)));
  const variance = gram.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
  const first = principal(gram);
  const second = principal(without(gram, first));
  const points = vectors.map((_, at): readonly [number, number] => [first.along[at] ?? 0, second.along[at] ?? 0]);
  return { points, explained: variance > 0 ? Math.min(1, (first.value + second.value) / variance) : 0 };
}

interface Component {
  /** The eigenvalue: the variance that the component holds. */
  readonly value: number;
  /** Each vector's coordinate. */
  readonly along: readonly number[];
}

const ITERATIONS = 300;
const CLOSE_ENOUGH = 1e-12;

/** The greatest eigenvalue and its vector, by power iteration: `[n, n]` is small. */
function principal(matrix: readonly (readonly number[])[]): Component {
  // No symmetry of the data is likely to be at right angles with that.
  let vector = unit(matrix.map((_, at) => Math.sin(at * 12.9898 + 1)));
  let value = 0;
  for (let turn = 0; turn < ITERATIONS; turn++) {
    const next = matrix.map((row) => dot(row, vector));
    const grown = Math.sqrt(dot(next, next));
    vector = unit(next);
    if (Math.abs(grown - value) <= CLOSE_ENOUGH * grown) break;
    value = grown;
  }
  value = dot(
    vector,
    matrix.map((row) => dot(row, vector)),
  );
  const scale = Math.sqrt(Math.max(0, value));
  return { value: Math.max(0, value), along: vector.map((part) => part * scale) };
}

function without(matrix: readonly (readonly number[])[], { along }: Component): readonly (readonly number[])[] {
  return matrix.map((row, at) => row.map((entry, column) => entry - (along[at] ?? 0) * (along[column] ?? 0)));
}

function centre(vectors: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const mean = (vectors[0] ?? []).map(
    (_, at) => vectors.reduce((sum, vector) => sum + (vector[at] ?? 0), 0) / vectors.length,
  );
  return vectors.map((vector) => vector.map((entry, at) => entry - (mean[at] ?? 0)));
}

function unit(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((entry) => entry / length);
}

function dot(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at]! * other[at]!;
  return sum;
}
