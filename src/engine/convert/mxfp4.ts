import type { TensorIndex, TensorLocation } from "../formats/tensors.ts";

/** The ends of the names of the two tensors in which a matrix in MXFP4 comes. */
const BLOCKS = "_blocks";
const SCALES = "_scales";

/** So many numbers share a scale. */
const BLOCK = 32;
const BLOCK_BYTES = BLOCK / 2;
const PACKED_BYTES = BLOCK_BYTES + 1;

/**
 * The tensors, each pair of blocks `[…, rows, columns / 32, 16]` and scales `[…, rows, columns / 32]` as one tensor
 * `[…, rows, columns]` under the name of the blocks.
 */
export function joinMxfp4(index: TensorIndex): TensorIndex {
  const scalesOf = (name: string): TensorLocation | undefined =>
    name.endsWith(BLOCKS) ? index.get(name.slice(0, -BLOCKS.length) + SCALES) : undefined;
  const isJoined = (name: string): boolean =>
    name.endsWith(SCALES) && index.has(name.slice(0, -SCALES.length) + BLOCKS);
  return new Map(
    [...index].flatMap(([name, tensor]) => {
      const scales = scalesOf(name);
      if (scales === undefined) return isJoined(name) ? [] : [[name, tensor] as const];
      const shape = [...tensor.shape.slice(0, -2), (tensor.shape.at(-2) ?? 0) * BLOCK];
      return [[name, { ...tensor, dtype: "MXFP4", shape, scales }] as const];
    }),
  );
}

/** Of so many numbers. */
export function mxfp4ScaleBytes(elements: number): number {
  return elements / BLOCK;
}

/**
 * Numbers of four bits, with a scale of one byte for each 32, as GGML has them: the scale before its block, whose bytes
 * have the elements `i` and `i + 16`. In repositories they have `2 i` and `2 i + 1`.
 * Source: `block_mxfp4` in https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
 */
export function packMxfp4(blocks: Uint8Array, scales: Uint8Array): Uint8Array {
  const packed = new Uint8Array(scales.length * PACKED_BYTES);
  for (let block = 0; block < scales.length; block++) {
    const from = block * BLOCK_BYTES;
    const to = block * PACKED_BYTES;
    packed[to] = scales[block]!;
    for (let pair = 0; pair < BLOCK_BYTES / 2; pair++) {
      const low = blocks[from + pair]!;
      const high = blocks[from + BLOCK_BYTES / 2 + pair]!;
      packed[to + 1 + 2 * pair] = (low & 0x0f) | (high << 4);
      packed[to + 2 + 2 * pair] = (low >> 4) | (high & 0xf0);
    }
  }
  return packed;
}
