import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { DECODE, ENCODE, SOURCE_BYTES } from "./encode.ts";
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
      writeAll(target, convert(slice, read(source(slice.file), slice)), slice.target);
    }
  } finally {
    for (const descriptor of [target, ...sources.values()]) closeSync(descriptor);
  }
}

function take(slices: readonly Slice[], next: Int32Array<SharedArrayBuffer>): Slice | undefined {
  return slices[Atomics.add(next, 0, 1)];
}

function convert(slice: Slice, bytes: Uint8Array): Uint8Array {
  const { dtype, type, headRows, plus } = slice;
  const ordered = headRows === undefined ? bytes : interleaveHalves(bytes, bytes.length / slice.rows, headRows);
  if (dtype === type && plus === undefined) return ordered;
  const values = DECODE[dtype](ordered);
  return ENCODE[type](plus === undefined ? values : values.map((value) => value + plus));
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

function read(descriptor: number, { file, position, dtype, rows, columns }: Slice): Uint8Array {
  const bytes = new Uint8Array(rows * columns * SOURCE_BYTES[dtype]);
  for (let done = 0; done < bytes.length;) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new Error(`${file} became shorter while it was read.`);
    done += count;
  }
  return bytes;
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}
