import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Span } from "./architecture.ts";
import { DECODE, ENCODE, SOURCE_BYTES, type SourceType } from "./encode.ts";
import { decodeFp8, type Fp8 } from "./fp8.ts";
import { mxfp4ScaleBytes, packMxfp4 } from "./mxfp4.ts";
import type { Slice } from "./slices.ts";

/** What the threads that convert one model share. */
export interface SliceWork {
  readonly slices: readonly Slice[];
  /** An existing file; each slice has its own place in it. */
  readonly path: string;
  /** Shared by the threads: the number of the next slice that nobody has taken. */
  readonly next: Int32Array<SharedArrayBuffer>;
}

/**
 * Takes one slice after the other until none is left: reads its rows, changes them, writes them. It keeps its thread
 * busy, and needs no more memory than a few slices.
 */
export function writeSlices({ slices, path, next }: SliceWork): void {
  const target = openSync(path, "r+");
  const sources = new Map<string, number>();
  const source = (file: string): number => {
    const known = sources.get(file) ?? openSync(file, "r");
    sources.set(file, known);
    return known;
  };
  try {
    for (let slice = take(slices, next); slice !== undefined; slice = take(slices, next)) {
      writeAll(target, convert(slice, read(source, slice)), slice.target);
    }
  } finally {
    for (const descriptor of [target, ...sources.values()]) closeSync(descriptor);
  }
}

function take(slices: readonly Slice[], next: Int32Array<SharedArrayBuffer>): Slice | undefined {
  return slices[Atomics.add(next, 0, 1)];
}

function convert(slice: Slice, bytes: Uint8Array): Uint8Array {
  const { type, rows, change } = slice;
  const dtype = readType(slice);
  const { headRows, columns, isUnit = false, isLogDecay = false, times = 1, plus = 0 } = change;
  if (dtype === "MXFP4" || type === "MXFP4") return bytes;
  const inOrder = headRows === undefined ? bytes : interleaveHalves(bytes, bytes.length / rows, headRows);
  const ordered = columns === undefined ? inOrder : chooseColumns(inOrder, rows, SOURCE_BYTES[dtype], columns);
  const isScaled = times !== 1 || plus !== 0;
  if (dtype === type && !isScaled && !isUnit && !isLogDecay) return ordered;
  const values = DECODE[dtype](ordered);
  if (isUnit) return ENCODE[type](unitRows(values, rows));
  if (isLogDecay) return ENCODE[type](values.map((value) => -Math.exp(value)));
  return ENCODE[type](isScaled ? values.map((value) => value * times + plus) : values);
}

/** Each row by its length. */
function unitRows(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const lengths = Array.from({ length: rows }, (_, row) =>
    Math.hypot(...values.subarray(row * columns, (row + 1) * columns)),
  );
  return values.map((value, index) => value / (lengths[Math.floor(index / columns)] || 1));
}

/** Of each two rows the first, or the second. */
function takeTurn(bytes: Uint8Array, rowBytes: number, turn: 0 | 1): Uint8Array {
  const result = new Uint8Array(bytes.length / 2);
  for (let at = 0; at < result.length; at += rowBytes) {
    const from = 2 * at + turn * rowBytes;
    result.set(bytes.subarray(from, from + rowBytes), at);
  }
  return result;
}

/** Of each row, the columns of each span, one span after the other; they are as many as the row has. */
function chooseColumns(bytes: Uint8Array, rows: number, elementBytes: number, spans: readonly Span[]): Uint8Array {
  const result = new Uint8Array(bytes.length);
  const rowBytes = bytes.length / rows;
  for (let start = 0, at = 0; start < bytes.length; start += rowBytes) {
    for (const { from, count } of spans) {
      const first = start + from * elementBytes;
      result.set(bytes.subarray(first, first + count * elementBytes), at);
      at += count * elementBytes;
    }
  }
  return result;
}

/** Of each head, the rows of the first and second half by turns: 0, h, 1, h + 1 … */
export function interleaveHalves(bytes: Uint8Array, rowBytes: number, headRows: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let row = 0; row * rowBytes < bytes.length; row++) {
    const inHead = row % headRows;
    const from = row - inHead + (inHead >> 1) + (inHead % 2) * (headRows / 2);
    result.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes);
  }
  return result;
}

/** What `read` gives: FP8 comes with its scales already in it. */
function readType({ dtype }: Slice): Exclude<SourceType, "F8_E4M3"> {
  return dtype === "F8_E4M3" ? "F32" : dtype;
}

/**
 * The slice's rows as the repository has them, but for experts in MXFP4, which are as in the file, and FP8, which is float32.
 * @param source an open file, by its path.
 */
function read(source: (file: string) => number, slice: Slice): Uint8Array {
  const { file, position, stride, scales, columns, change } = slice;
  const { turn } = change;
  const rows = turn === undefined ? slice.rows : 2 * slice.rows;
  const take = (all: Uint8Array): Uint8Array => (turn === undefined ? all : takeTurn(all, all.length / rows, turn));
  const elementBytes = SOURCE_BYTES[readType(slice)];
  const bytes = new Uint8Array(rows * columns * elementBytes);
  const descriptor = source(file);
  const readPart = slice.fp8 ? fp8Reader(descriptor, slice.fp8, source) : readAll;
  if (stride === undefined) {
    readPart(descriptor, bytes, position, file);
    if (scales === undefined) return take(bytes);
    const scaleBytes = new Uint8Array(mxfp4ScaleBytes(rows * columns));
    readAll(source(scales.file), scaleBytes, scales.offset, scales.file);
    return packMxfp4(take(bytes), take(scaleBytes));
  }
  const bandBytes = rows * elementBytes;
  for (let column = 0; column < columns; column++) {
    const band = bytes.subarray(column * bandBytes, (column + 1) * bandBytes);
    readPart(descriptor, band, position + column * stride, file);
  }
  return take(transpose(bytes, rows, columns, elementBytes));
}

/** Fills a part with numbers in FP8 as float32. */
function fp8Reader(descriptor: number, matrix: Fp8, source: (file: string) => number): typeof readAll {
  const { file, offset, byteLength } = matrix.scales;
  const scales = new Uint8Array(byteLength);
  readAll(source(file), scales, offset, file);
  return (_, part, position, path) => {
    const bytes = new Uint8Array(part.length / 4);
    readAll(descriptor, bytes, position, path);
    const values = decodeFp8(bytes, position, new Float32Array(scales.buffer), matrix);
    part.set(new Uint8Array(values.buffer));
  };
}

function readAll(descriptor: number, bytes: Uint8Array, position: number, file: string): void {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new Error(`${file} became shorter while it was read.`);
    done += count;
  }
}

/** Numbers of 2, 4 or 8 bytes that stand column by column, row by row. */
function transpose(bytes: Uint8Array, rows: number, columns: number, elementBytes: number): Uint8Array {
  const halves = elementBytes / 2;
  const source = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const result = new Uint16Array(source.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (column * rows + row) * halves;
      for (let half = 0; half < halves; half++) result[at++] = source[from + half]!;
    }
  }
  return new Uint8Array(result.buffer);
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}
