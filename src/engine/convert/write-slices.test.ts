import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SOURCE_BYTES, type SourceType } from "./encode.ts";
import { slices } from "./slices.ts";
import type { PlannedTensor } from "./tensor-plan.ts";
import { writeSlices } from "./write-slices.ts";

test("a matrix with a row for each input is written with one for each output, also when it takes several slices", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "omniport-slices-"));
  t.after(() => rm(directory, { recursive: true }));
  const [inputs, outputs] = [700, 1600];
  const kinds: readonly [SourceType, (values: readonly number[]) => Float32Array | Float16Array | Float64Array][] = [
    ["F32", (values) => Float32Array.from(values)],
    ["F16", (values) => Float16Array.from(values)],
    ["F64", (values) => Float64Array.from(values)],
  ];
  for (const [dtype, stored] of kinds) {
    const numbers = Array.from({ length: inputs * outputs }, (_, index) => index % 2003);
    await writeFile(join(directory, "weights"), stored(numbers));
    const run = { file: "weights", offset: 0, dtype, rows: outputs, stride: outputs * SOURCE_BYTES[dtype] };
    const tensor: PlannedTensor = {
      name: "blk.0.ffn_up.weight",
      shape: [outputs, inputs],
      type: "F32",
      content: { columns: inputs, runs: [run], change: {} },
    };
    const path = join(directory, "made");
    await writeFile(path, new Uint8Array(numbers.length * 4));
    const work = slices(directory, tensor, 0);
    assert.equal(work.length, 2);
    writeSlices({ slices: work, path, next: new Int32Array(new SharedArrayBuffer(4)) });
    const expected = Float32Array.from(numbers, (_, index) => {
      return numbers[(index % inputs) * outputs + Math.floor(index / inputs)] ?? 0;
    });
    assert.ok((await readFile(path)).equals(new Uint8Array(expected.buffer)), dtype);
  }
});
