import assert from "node:assert/strict";
import { test } from "node:test";
import type { TensorLocation } from "../formats/tensors.ts";
import { joinMxfp4, packMxfp4 } from "./mxfp4.ts";

test("a block has its scale first, then the elements that are 16 apart in one byte", () => {
  // 32 elements: their numbers modulo 16, two neighbours in a byte.
  const blocks = Uint8Array.from({ length: 16 }, (_, index) => ((2 * index) % 16) | (((2 * index + 1) % 16) << 4));
  const packed = packMxfp4(Uint8Array.of(...blocks, ...blocks.toReversed()), Uint8Array.of(120, 127));
  const same = Array.from({ length: 16 }, (_, index) => index | (index << 4));
  assert.deepEqual([...packed.subarray(0, 17)], [120, ...same]);
  const reversed = Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? 14 - index : 16 - index) * 0x11);
  assert.deepEqual([...packed.subarray(17)], [127, ...reversed]);
});

test("blocks and scales are one tensor, in whatever files they lie; others stay as they are", () => {
  const tensor = (file: string, shape: readonly number[]): TensorLocation => {
    return { file, dtype: "U8", shape, offset: 8, byteLength: 1 };
  };
  const blocks = tensor("a", [2, 6, 3, 16]);
  const scales = tensor("b", [2, 6, 3]);
  const alone = tensor("a", [4]);
  const joined = joinMxfp4(
    new Map([
      ["x_scales", scales],
      ["x_blocks", blocks],
      ["y_scales", alone],
      ["z", alone],
    ]),
  );
  assert.deepEqual(
    [...joined],
    [
      ["x_blocks", { ...blocks, dtype: "MXFP4", shape: [2, 6, 96], scales }],
      ["y_scales", alone],
      ["z", alone],
    ],
  );
});
