/// <reference lib="esnext.float16" />
import { tensorBytes, type TensorType } from "../formats/gguf.ts";

/** The types in which repositories keep weights that can be converted. */
export type SourceType = "F32" | "F16" | "BF16" | "F64" | "F8_E4M3" | "MXFP4";
/** Of one number; without scales. */
export const SOURCE_BYTES: Readonly<Record<SourceType, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  F8_E4M3: 1,
  MXFP4: 0.5,
};

const BLOCK = 32;
const Q8_0_BYTES = 34;
const Q4_0_BYTES = 18;

/** By type: little-endian numbers, at an offset that is a multiple of 8 in their buffer, as float32. */
export const DECODE: Readonly<Record<Exclude<SourceType, "F8_E4M3" | "MXFP4">, (bytes: Uint8Array) => Float32Array>> = {
  F32: ({ buffer, byteOffset, byteLength }) => new Float32Array(buffer, byteOffset, byteLength / 4),
  F16: ({ buffer, byteOffset, byteLength }) => new Float32Array(new Float16Array(buffer, byteOffset, byteLength / 2)),
  F64: ({ buffer, byteOffset, byteLength }) => new Float32Array(new Float64Array(buffer, byteOffset, byteLength / 8)),
  BF16: ({ buffer, byteOffset, byteLength }) => decodeBf16(new Uint16Array(buffer, byteOffset, byteLength / 2)),
};

/** By type: row-major numbers as a GGUF file keeps them; they are a whole number of the type's blocks. */
export const ENCODE: Readonly<Record<Exclude<TensorType, "MXFP4">, (values: Float32Array) => Uint8Array>> = {
  F32: bytesOf,
  F16: encodeF16,
  BF16: (values) => bytesOf(encodeBf16(values)),
  Q8_0: encodeQ8,
  Q4_0: encodeQ4,
};

/** The upper half of a float32. */
function decodeBf16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}

/** What float16 cannot hold becomes its largest number, not infinity. */
function encodeF16(values: Float32Array): Uint8Array {
  const halves = new Uint16Array(new Float16Array(values).buffer);
  for (let index = 0; index < halves.length; index++) {
    if ((halves[index]! & 0x7fff) === 0x7c00) halves[index] = halves[index]! - 1;
  }
  return bytesOf(halves);
}

/** Rounded to the nearest, halves to even. */
function encodeBf16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    const each = bits[index]!;
    halves[index] = (each + 0x7fff + ((each >>> 16) & 1)) >>> 16;
  }
  return halves;
}

/**
 * Blocks of a float16 scale and 32 bytes: whole numbers from -127 to 127, times the scale.
 * Source: `quantize_row_q8_0_ref` in https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c
 */
function encodeQ8(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(tensorBytes("Q8_0", values.length));
  const scales = new Float16Array(bytes.buffer);
  for (let start = 0, at = 0; start < values.length; start += BLOCK, at += Q8_0_BYTES) {
    let largest = 0;
    for (let index = start; index < start + BLOCK; index++) {
      const size = Math.abs(values[index]!);
      if (size > largest) largest = size;
    }
    const scale = largest / 127;
    const inverse = scale > 0 ? 1 / scale : 0;
    scales[at >> 1] = scale;
    // 128.5 makes the number positive, so that cutting its fraction rounds it.
    for (let index = 0; index < BLOCK; index++)
      bytes[at + 2 + index] = ((values[start + index]! * inverse + 128.5) | 0) - 128;
  }
  return bytes;
}

/**
 * Blocks of a float16 scale and 16 bytes, each with the elements `i` and `i + 16`: whole numbers from -8 to 7, times the
 * scale, plus 8. The element that is furthest from zero becomes -8.
 * Source: `quantize_row_q4_0_ref` in https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c
 */
function encodeQ4(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(tensorBytes("Q4_0", values.length));
  const scales = new Float16Array(bytes.buffer);
  for (let start = 0, at = 0; start < values.length; start += BLOCK, at += Q4_0_BYTES) {
    let furthest = 0;
    for (let index = start; index < start + BLOCK; index++) {
      const value = values[index]!;
      if (Math.abs(value) > Math.abs(furthest)) furthest = value;
    }
    const scale = furthest / -8;
    const inverse = scale === 0 ? 0 : 1 / scale;
    scales[at >> 1] = scale;
    for (let index = 0; index < BLOCK / 2; index++) {
      const low = Math.min(15, (values[start + index]! * inverse + 8.5) | 0);
      const high = Math.min(15, (values[start + BLOCK / 2 + index]! * inverse + 8.5) | 0);
      bytes[at + 2 + index] = low | (high << 4);
    }
  }
  return bytes;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
