import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Snapshot } from "../model.ts";
import { never } from "../chat/fixtures/tiny.ts";
import { convertedFile } from "./converted.ts";
import { familyModel } from "./fixtures/models.ts";
import { decodeFp8, type Fp8 } from "./fp8.ts";

interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const BLOCK = [6, 5] as const;

test("a byte is a sign, four bits of exponent and three of mantissa, times the scale of its block", () => {
  const matrix: Fp8 = {
    scales: { file: "", offset: 0, byteLength: 0 },
    offset: 100,
    columns: 4,
    blockRows: 2,
    blockColumns: 3,
  };
  const bytes = Uint8Array.of(0x38, 0xb8, 0x7e, 0x01, 0x00, 0x3c, 0x30, 0xc0);
  const all = decodeFp8(bytes, 100, Float32Array.of(1, 10), matrix);
  assert.deepEqual([...all], [1, -1, 448, Math.fround(10 * 2 ** -9), 0, 1.5, 0.5, -20]);
  const some = decodeFp8(bytes.subarray(0, 3), 107, Float32Array.of(1, 10, 2, 20), matrix);
  assert.deepEqual([...some], [10, -2, 896]);
});

test("a model in FP8 becomes the same file as one with the numbers that it stands for", async (t) => {
  const eight: Record<string, Stored> = {};
  const plain: Record<string, Stored> = {};
  for (const [name, tensor] of await tensorsOf("deepseek-v3")) {
    const isMatrix = tensor.shape.length === 2 && name.includes("_proj");
    const stored = isMatrix ? quantized(tensor.shape) : undefined;
    eight[name] = stored?.weights ?? tensor;
    if (stored) eight[`${name}_scale_inv`] = stored.scales;
    plain[name] = stored?.plain ?? tensor;
  }
  const quantization_config = { quant_method: "fp8", fmt: "e4m3", weight_block_size: BLOCK };
  const files = [await converted(t, eight, { quantization_config }), await converted(t, plain, {})];
  const [first, second] = await Promise.all(files.map((file) => readFile(file)));
  assert.ok(first && second && first.equals(second));
});

test("FP8 without scales for blocks is refused", async (t) => {
  const { weights } = quantized([4, 4]);
  const change = { quantization_config: { quant_method: "fp8", weight_block_size: null } };
  await assert.rejects(converted(t, { x: weights }, change), /fp8/);
});

function quantized(shape: readonly number[]): { weights: Stored; scales: Stored; plain: Stored } {
  const [rows = 0, columns = 0] = shape;
  const bytes = Uint8Array.from({ length: rows * columns }, (_, index) => (index * 37 + 11) % 120);
  const blocks = [Math.ceil(rows / BLOCK[0]), Math.ceil(columns / BLOCK[1])] as const;
  const scales = Float32Array.from({ length: blocks[0] * blocks[1] }, (_, index) => 0.001 * (index + 1));
  const matrix = {
    scales: { file: "", offset: 0, byteLength: 0 },
    offset: 0,
    columns: 1,
    blockRows: 1,
    blockColumns: 1,
  };
  const values = Float32Array.from(bytes, (byte, index) => {
    const block =
      Math.floor(Math.floor(index / columns) / BLOCK[0]) * blocks[1] + Math.floor((index % columns) / BLOCK[1]);
    return (decodeFp8(Uint8Array.of(byte), 0, Float32Array.of(1), matrix)[0] ?? 0) * (scales[block] ?? 0);
  });
  return {
    weights: { dtype: "F8_E4M3", shape, bytes },
    scales: { dtype: "F32", shape: blocks, bytes: new Uint8Array(scales.buffer) },
    plain: { dtype: "F32", shape, bytes: new Uint8Array(values.buffer) },
  };
}

async function tensorsOf(family: string): Promise<readonly (readonly [string, Stored])[]> {
  const file = await readFile(new URL(`fixtures/families/${family}/model.safetensors`, import.meta.url));
  const start = 8 + Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString("utf8", 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => {
        return [name, { dtype, shape, bytes: file.subarray(start + begin, start + end) }] as const;
      },
    );
}

async function converted(t: TestContext, tensors: Readonly<Record<string, Stored>>, change: object): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-fp8-"));
  t.after(() => rm(directory, { recursive: true }));
  const snapshot: Snapshot = familyModel("deepseek-v3", directory, change);
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
      const begin = end;
      end += bytes.length;
      return [name, { dtype, shape, data_offsets: [begin, end] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const parts = [length, text, ...Object.values(tensors).map(({ bytes }) => bytes)];
  await writeFile(join(directory, "model.safetensors"), Buffer.concat(parts));
  const conversion = { cacheDirectory: join(directory, "cache"), quantization: "F16", threads: 1 };
  return convertedFile(
    snapshot,
    { ...conversion, memory: { bytes: 1e9, setting: "" }, onNotice: () => undefined },
    never,
  );
}
