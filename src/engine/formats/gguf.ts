/** How a tensor's numbers are kept. `BF16`, `F16` and `F32` one by one, the others in blocks with a scale each. */
export type TensorType = "F32" | "F16" | "BF16" | "Q8_0" | "Q4_0" | "MXFP4";

interface Layout {
  /** GGML's number for the type. */
  readonly id: number;
  readonly blockElements: number;
  readonly blockBytes: number;
}

/** Source: `ggml_type` and the blocks of https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h */
export const TENSOR_TYPES: Readonly<Record<TensorType, Layout>> = {
  F32: { id: 0, blockElements: 1, blockBytes: 4 },
  F16: { id: 1, blockElements: 1, blockBytes: 2 },
  BF16: { id: 30, blockElements: 1, blockBytes: 2 },
  Q8_0: { id: 8, blockElements: 32, blockBytes: 34 },
  Q4_0: { id: 2, blockElements: 32, blockBytes: 18 },
  MXFP4: { id: 39, blockElements: 32, blockBytes: 17 },
};

/** A value with its type in front, as it stands in the file. */
export type MetadataValue = Uint8Array;
export type Metadata = Readonly<Record<string, MetadataValue>>;

export interface GgufTensor {
  readonly name: string;
  /** Slowest dimension first, as PyTorch and safetensors have it; the file has them the other way round. */
  readonly shape: readonly number[];
  readonly type: TensorType;
}

/** Several matrices that are used all at once, each for its part of the numbers; experts are chosen among instead. */
export function isStack(name: string, dimensions: readonly unknown[]): boolean {
  return dimensions.length > 2 && !name.endsWith("_exps.weight");
}

/** All of the file but the tensors' numbers. */
export interface GgufHeader {
  readonly bytes: Buffer;
  /** Where each tensor's numbers begin, from the start of the file. */
  readonly positions: readonly number[];
  /** Of the whole file. */
  readonly byteLength: number;
}

const VERSION = 3;
const ALIGNMENT = 32;
const TYPE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/** Bytes of so many numbers, a whole number of blocks. */
export function tensorBytes(type: TensorType, elements: number): number {
  const { blockElements, blockBytes } = TENSOR_TYPES[type];
  return (elements / blockElements) * blockBytes;
}

/** Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export function ggufHeader(metadata: Metadata, tensors: readonly GgufTensor[]): GgufHeader {
  const offsets: number[] = [];
  let end = 0;
  for (const { type, shape } of tensors) {
    offsets.push(end);
    end = aligned(end + tensorBytes(type, elementsOf(shape)));
  }
  const entries = Object.entries(metadata);
  const head = [Buffer.from("GGUF"), u32(VERSION), u64(tensors.length), u64(entries.length)];
  const values = entries.flatMap(([key, value]) => [text(key), value]);
  const infos = tensors.map((tensor, index) => tensorInfo(tensor, offsets[index] ?? 0));
  const bytes = Buffer.concat([...head, ...values, ...infos]);
  const start = aligned(bytes.length);
  return {
    bytes: Buffer.concat([bytes], start),
    positions: offsets.map((offset) => start + offset),
    byteLength: start + end,
  };
}

export function uint32(value: number): MetadataValue {
  return Buffer.concat([u32(TYPE.uint32), u32(value)]);
}

export function float32(value: number): MetadataValue {
  return Buffer.concat([u32(TYPE.float32), f32(value)]);
}

export function bool(value: boolean): MetadataValue {
  return Buffer.concat([u32(TYPE.bool), Uint8Array.of(Number(value))]);
}

export function string(value: string): MetadataValue {
  return Buffer.concat([u32(TYPE.string), text(value)]);
}

export function strings(values: readonly string[]): MetadataValue {
  return array(TYPE.string, values.map(text));
}

export function int32s(values: readonly number[]): MetadataValue {
  return array(TYPE.int32, values.map(u32));
}

export function float32s(values: readonly number[]): MetadataValue {
  return array(TYPE.float32, values.map(f32));
}

export function bools(values: readonly boolean[]): MetadataValue {
  return array(TYPE.bool, [Uint8Array.from(values, Number)], values.length);
}

function array(type: number, items: readonly Uint8Array[], length = items.length): MetadataValue {
  return Buffer.concat([u32(TYPE.array), u32(type), u64(length), ...items]);
}

function tensorInfo({ name, shape, type }: GgufTensor, offset: number): Uint8Array {
  const dimensions = shape.toReversed().map(u64);
  return Buffer.concat([text(name), u32(shape.length), ...dimensions, u32(TENSOR_TYPES[type].id), u64(offset)]);
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function aligned(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
