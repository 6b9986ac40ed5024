import { open } from "node:fs/promises";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readAt } from "./read-at.ts";

/** What a GGUF file says of itself. */
export interface GgufMetadata {
  /** By key, such as `general.architecture`; lists are left out. */
  readonly values: ReadonlyMap<string, string | number | boolean>;
  /** Of the lists, those with numbers for each layer; vocabularies are left out. */
  readonly lists: ReadonlyMap<string, readonly number[]>;
  /** The names of this file's tensors. */
  readonly tensors: ReadonlySet<string>;
  /** The numbers in all tensors of this file. */
  readonly parameters: number;
}

type Value = string | number | boolean;

const FIRST_READ_BYTES = 1024 * 1024;
/** Vocabularies take a few megabytes; no header is as long as this. */
const MAX_READ_BYTES = 256 * 1024 * 1024;
/** More layers than any model has. */
const MAX_LIST = 1024;
const STRING = 8;
const ARRAY = 9;

/**
 * Reads the beginning of a GGUF file, none of its weights.
 *
 * @throws EngineError `corrupt` for a file that is none; a file-system error as it is.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function readGgufMetadata(path: string): Promise<GgufMetadata> {
  await using file = await open(path);
  const { size } = await file.stat();
  for (let bytes = FIRST_READ_BYTES; ; bytes *= 4) {
    const head = (await readAt(file, 0, Math.min(bytes, size))) ?? Buffer.alloc(0);
    try {
      return parse(head);
    } catch (cause) {
      const mayGoOn = cause instanceof RangeError && bytes < size && bytes < MAX_READ_BYTES;
      if (!mayGoOn) throw new EngineError("corrupt", say.noGguf(path), { cause });
    }
  }
}

/** @throws RangeError where more bytes are needed. */
function parse(head: Buffer): GgufMetadata {
  const reader = createReader(head);
  if (head.toString("latin1", 0, 4) !== "GGUF") throw new TypeError("it does not begin with GGUF");
  reader.skip(8); // the letters, and the version
  const count = reader.uint64();
  const values = new Map<string, Value>();
  const lists = new Map<string, readonly number[]>();
  for (let left = reader.uint64(); left > 0; left--) {
    const key = reader.text();
    const type = reader.uint32();
    const value = type === ARRAY ? reader.list() : reader.value(type);
    if (typeof value === "object") lists.set(key, value);
    else if (value !== undefined) values.set(key, value);
  }
  const tensors = new Set<string>();
  let parameters = 0;
  for (let left = count; left > 0; left--) {
    tensors.add(reader.text());
    parameters += reader.tensorElements();
  }
  return { values, lists, tensors, parameters };
}

interface Reader {
  skip(bytes: number): void;
  uint32(): number;
  uint64(): number;
  text(): string;
  /** A value of this type; undefined for a list, which is passed over. */
  value(type: number): Value | undefined;
  /** A list of numbers, true and false being 1 and 0; undefined for one of texts or of many, which is passed over. */
  list(): readonly number[] | undefined;
  /** Passes over what is said of one tensor after its name, and counts its numbers. */
  tensorElements(): number;
}

function createReader(bytes: Buffer): Reader {
  let at = 0;

  const next = (length: number): number => {
    const start = at;
    if (start + length > bytes.length) throw new RangeError("the header goes on");
    at += length;
    return start;
  };

  /** By the type's number: how long a value is, and how it is read. */
  const scalars: Readonly<Record<number, readonly [length: number, read: (at: number) => Value]>> = {
    0: [1, (at) => bytes.readUInt8(at)],
    1: [1, (at) => bytes.readInt8(at)],
    2: [2, (at) => bytes.readUInt16LE(at)],
    3: [2, (at) => bytes.readInt16LE(at)],
    4: [4, (at) => bytes.readUInt32LE(at)],
    5: [4, (at) => bytes.readInt32LE(at)],
    6: [4, (at) => bytes.readFloatLE(at)],
    7: [1, (at) => bytes.readUInt8(at) !== 0],
    10: [8, (at) => Number(bytes.readBigUInt64LE(at))],
    11: [8, (at) => Number(bytes.readBigInt64LE(at))],
    12: [8, (at) => bytes.readDoubleLE(at)],
  };

  const reader: Reader = {
    skip: (length) => void next(length),
    uint32: () => bytes.readUInt32LE(next(4)),
    uint64: () => Number(bytes.readBigUInt64LE(next(8))),

    text() {
      const length = reader.uint64();
      const start = next(length);
      return bytes.toString("utf8", start, start + length);
    },

    value(type) {
      if (type === STRING) return reader.text();
      if (type === ARRAY) return skipItems(reader.uint32(), reader.uint64());
      const scalar = scalars[type];
      if (!scalar) throw new TypeError(`there is no type ${type}`);
      const [length, read] = scalar;
      return read(next(length));
    },

    list() {
      const type = reader.uint32();
      const length = reader.uint64();
      if (scalars[type] !== undefined && length <= MAX_LIST)
        return Array.from({ length }, () => Number(reader.value(type)));
      return skipItems(type, length);
    },

    tensorElements() {
      let elements = 1;
      for (let left = reader.uint32(); left > 0; left--) elements *= reader.uint64();
      reader.skip(4 + 8); // its type and place
      return elements;
    },
  };

  const skipItems = (type: number, length: number): undefined => {
    const size = scalars[type]?.[0];
    if (size !== undefined) reader.skip(size * length);
    else for (let left = length; left > 0; left--) reader.value(type);
  };

  return reader;
}
