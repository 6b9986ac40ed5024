import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { readJson } from "./json.ts";

/** Where one tensor's numbers lie: row-major, little-endian, without gaps. */
export interface TensorLocation {
  /** As in `Snapshot.files`. */
  readonly file: string;
  /** The format's own names: `F32`, `F16`, `BF16`, `I64` … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the first byte, from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** Tensors by name. */
export type TensorIndex = ReadonlyMap<string, TensorLocation>;

/** The header's `{"name": {"dtype": …, "shape": […], "data_offsets": [begin, end]}}`, offsets counted from its end. */
type Header = Readonly<Record<string, HeaderEntry>>;

interface HeaderEntry {
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly data_offsets?: readonly number[];
}

const SINGLE = "model.safetensors";
const SHARDED = "model.safetensors.index.json";
const LENGTH_BYTES = 8;
/** The limit of the format's own library. */
const MAX_HEADER_BYTES = 100_000_000;
const DTYPE_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * Finds every tensor of a model in `model.safetensors`, or in the shards that its index names; reads no weights.
 *
 * @throws EngineError `unsupported` if the model has no safetensors, `corrupt` if a header does not fit its file.
 * Source: https://huggingface.co/docs/safetensors/index#format
 */
export async function readTensorIndex(snapshot: Snapshot): Promise<TensorIndex> {
  const tensors = new Map<string, TensorLocation>();
  for (const file of await weightFiles(snapshot)) {
    const handle = await open(join(snapshot.directory, file));
    try {
      for (const [name, location] of await readTensors(handle, file, snapshot.id)) tensors.set(name, location);
    } finally {
      await handle.close();
    }
  }
  return tensors;
}

async function weightFiles(snapshot: Snapshot): Promise<readonly string[]> {
  if (snapshot.files.includes(SINGLE)) return [SINGLE];
  const index = await readJson<{ weight_map?: Readonly<Record<string, string>> }>(snapshot, SHARDED);
  if (index === undefined) {
    const weights = snapshot.files.filter((file) => /\.(bin|h5|msgpack|pt|onnx)$/.test(file));
    const found = weights.length > 0 ? `, only ${weights.join(", ")}` : "";
    throw new EngineError("unsupported", `${snapshot.id} has no ${SINGLE}${found}; weights must be safetensors.`);
  }
  const shards = [...new Set(Object.values(index.weight_map ?? {}))];
  const missing = shards.find((shard) => !snapshot.files.includes(shard));
  if (missing !== undefined) throw corrupt(SHARDED, snapshot.id, `names ${missing}, which is not there`);
  return shards;
}

async function readTensors(handle: FileHandle, file: string, model: string): Promise<[string, TensorLocation][]> {
  const { size } = await handle.stat();
  const lengthField = await readExactly(handle, 0, LENGTH_BYTES);
  const headerBytes = Number(lengthField?.readBigUInt64LE() ?? 0);
  const start = LENGTH_BYTES + headerBytes;
  if (headerBytes === 0 || headerBytes > MAX_HEADER_BYTES || start > size) {
    throw corrupt(file, model, `is no safetensors file: its header would have ${headerBytes} of ${size} bytes`);
  }
  const header = parseHeader(await readExactly(handle, LENGTH_BYTES, headerBytes), file, model);
  return Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => {
      const location = locate(entry, file, start);
      if (location === undefined || location.offset + location.byteLength > size) {
        throw corrupt(file, model, `ends before its tensor ${name} does, or describes it wrongly`);
      }
      return [name, location];
    });
}

function parseHeader(bytes: Buffer | undefined, file: string, model: string): Header {
  try {
    return JSON.parse(bytes?.toString("utf8") ?? "") as Header;
  } catch (cause) {
    throw corrupt(file, model, "is no safetensors file: its header is not JSON", cause);
  }
}

/** Undefined for an entry that lacks something or contradicts itself. */
function locate(
  { dtype, shape, data_offsets: [begin = -1, end = -1] = [] }: HeaderEntry,
  file: string,
  start: number,
): TensorLocation | undefined {
  if (dtype === undefined || shape === undefined || begin < 0 || end < begin) return undefined;
  const byteLength = end - begin;
  const elements = shape.reduce((product, size) => product * size, 1);
  const elementBytes = DTYPE_BYTES[dtype];
  if (elementBytes !== undefined && byteLength !== elements * elementBytes) return undefined;
  return { file, dtype, shape, offset: start + begin, byteLength };
}

/** Undefined where the file is shorter. */
async function readExactly(handle: FileHandle, position: number, byteLength: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(byteLength);
  let done = 0;
  while (done < byteLength) {
    const { bytesRead } = await handle.read(buffer, done, byteLength - done, position + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return buffer;
}

function corrupt(file: string, model: string, what: string, cause?: unknown): EngineError {
  return new EngineError("corrupt", `${file} of ${model} ${what}; remove it and download it again.`, { cause });
}
