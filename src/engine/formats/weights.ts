import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { readJson } from "./json.ts";
import { readPytorch } from "./pytorch.ts";
import { readSafetensors } from "./safetensors.ts";
import type { TensorIndex, TensorLocation } from "./tensors.ts";

interface Format {
  readonly whole: string;
  /** Names the shards of a model that comes in several files. */
  readonly index: string;
  /** The tensors of one file; reads no weights. */
  read(handle: FileHandle, file: string, model: string): Promise<TensorIndex>;
}

/** The better one first. */
const FORMATS: readonly Format[] = [
  { whole: "model.safetensors", index: "model.safetensors.index.json", read: readSafetensors },
  { whole: "pytorch_model.bin", index: "pytorch_model.bin.index.json", read: readPytorch },
];

/**
 * Finds every tensor of a model in its file, or in the shards that its index names; reads no weights.
 *
 * @throws EngineError `unsupported` if the model has no weights that can be read, `corrupt` if a file is damaged.
 */
export async function readTensorIndex(snapshot: Snapshot): Promise<TensorIndex> {
  const { format, files } = await weightFiles(snapshot);
  const tensors = new Map<string, TensorLocation>();
  for (const file of files) {
    await using handle = await open(join(snapshot.directory, file));
    for (const [name, location] of await format.read(handle, file, snapshot.id)) tensors.set(name, location);
  }
  return tensors;
}

async function weightFiles(snapshot: Snapshot): Promise<{ format: Format; files: readonly string[] }> {
  for (const format of FORMATS) {
    if (snapshot.files.includes(format.whole)) return { format, files: [format.whole] };
    const index = await readJson<{ weight_map?: Readonly<Record<string, string>> }>(snapshot, format.index);
    if (index !== undefined) return { format, files: shards(snapshot, format.index, index.weight_map ?? {}) };
  }
  const weights = snapshot.files.filter((file) => /\.(bin|h5|msgpack|pt|onnx)$/.test(file));
  throw new EngineError("unsupported", say.noWeights(snapshot.id, weights));
}

function shards(snapshot: Snapshot, index: string, weightMap: Readonly<Record<string, string>>): readonly string[] {
  const files = [...new Set(Object.values(weightMap))];
  const missing = files.find((file) => !snapshot.files.includes(file));
  if (missing === undefined) return files;
  throw new EngineError("corrupt", say.shardMissing(`${index} of ${snapshot.id}`, missing));
}
