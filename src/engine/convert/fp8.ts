import type { TensorIndex, TensorLocation } from "../formats/tensors.ts";

/** The end of the name of the tensor with a matrix's scales. */
const SCALES = "_scale_inv";

/** A matrix of numbers of eight bits, each block of which has a scale in a matrix of its own, as float32. */
export interface Fp8 {
  readonly scales: { readonly file: string; readonly offset: number; readonly byteLength: number };
  /** Of the matrix's first number, in its file. */
  readonly offset: number;
  readonly columns: number;
  readonly blockRows: number;
  readonly blockColumns: number;
}

export type Fp8Tensor = TensorLocation & { readonly fp8?: Fp8 };

/**
 * The tensors, each matrix in FP8 together with its scales.
 * @param block how many rows and columns share a scale.
 * Source: https://github.com/huggingface/transformers/blob/main/src/transformers/integrations/finegrained_fp8.py
 */
export function joinFp8(
  index: TensorIndex,
  [blockRows, blockColumns]: readonly [number, number],
): ReadonlyMap<string, Fp8Tensor> {
  const isScales = (name: string): boolean => name.endsWith(SCALES) && index.has(name.slice(0, -SCALES.length));
  return new Map(
    [...index].flatMap(([name, tensor]): [string, Fp8Tensor][] => {
      if (isScales(name)) return [];
      const scales = index.get(`${name}${SCALES}`);
      if (scales?.dtype !== "F32" || tensor.dtype !== "F8_E4M3") return [[name, tensor]];
      const columns = tensor.shape.at(-1) ?? 1;
      return [[name, { ...tensor, fp8: { scales, offset: tensor.offset, columns, blockRows, blockColumns } }]];
    }),
  );
}

/** What each byte stands for: a sign, four bits of exponent, three of mantissa, no infinity. */
const VALUES: Float32Array = Float32Array.from({ length: 256 }, (_, byte) => {
  const [exponent, mantissa] = [(byte >> 3) & 15, byte & 7];
  const size = exponent === 0 ? (mantissa / 8) * 2 ** -6 : (1 + mantissa / 8) * 2 ** (exponent - 7);
  return (byte & 127) === 127 ? Number.NaN : byte > 127 ? -size : size;
});

/**
 * Numbers that lie side by side in the matrix's file, as float32.
 * @param position of the first of them.
 */
export function decodeFp8(bytes: Uint8Array, position: number, scales: Float32Array, matrix: Fp8): Float32Array {
  const { columns, blockRows, blockColumns } = matrix;
  const blocksPerRow = Math.ceil(columns / blockColumns);
  const result = new Float32Array(bytes.length);
  let row = Math.floor((position - matrix.offset) / columns);
  let column = (position - matrix.offset) % columns;
  for (let index = 0; index < bytes.length; index++) {
    const block = Math.floor(row / blockRows) * blocksPerRow + Math.floor(column / blockColumns);
    result[index] = VALUES[bytes[index]!]! * scales[block]!;
    if (++column === columns) {
      column = 0;
      row++;
    }
  }
  return result;
}
