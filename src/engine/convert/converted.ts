import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, basename, join } from "node:path";
import { say } from "../../messages/say.ts";
import { derivedFolder, removeOtherRevisions } from "../derived-folder.ts";
import { EngineError } from "../errors.ts";
import { readTensorIndex } from "../formats/weights.ts";
import { namedCommits } from "../hub/cache.ts";
import { sizeOf } from "../hub/disk.ts";
import { lockFile } from "../hub/lock-file.ts";
import type { MemoryLimit } from "../memory.ts";
import type { Snapshot } from "../model.ts";
import { convertOnThread } from "./convert-thread.ts";
import type { Pooling } from "./pooling.ts";
import { defaultQuantization, parseQuantization, QUANTIZATIONS, type Quantization } from "./quantization.ts";

export interface ConvertOptions {
  /** For what is made from downloaded files. */
  readonly cacheDirectory: string;
  /** How the weights are to be kept: `Q8_0`, `Q4_0`, `F16`, `native`. Without it, what suits their size. */
  readonly quantization: string | undefined;
  readonly threads: number;
  readonly memory: MemoryLimit;
  /** Of a model that makes embeddings: its file is another one than that of the same model for chat. */
  readonly pooling?: Pooling;
  /** Takes one sentence, when there is something to wait for. */
  readonly onNotice: (message: string) => void;
  /** Called when a file has to be made. */
  readonly onStart?: () => void;
}

/** Counts the ways in which this program has made its files: those of an older way are not used any more. */
const VERSION = 2;
const MAX_THREADS = 4;

/**
 * The GGUF file that is made of a repository's weights, made now unless it is there already. Of several callers and
 * processes that want the same one makes it, the others wait.
 *
 * @returns its path
 * @throws what `convert` throws; EngineError `bad_request` for a quantisation that is not made here; the signal's reason.
 */
export async function convertedFile(snapshot: Snapshot, options: ConvertOptions, signal: AbortSignal): Promise<string> {
  const quantization = checked(options.quantization, snapshot.id) ?? (await suitable(snapshot));
  const { memory, pooling } = options;
  const name = `${pooling === undefined ? "" : "embedding-"}${quantization}-v${VERSION}.gguf`;
  const path = join(derivedFolder(options.cacheDirectory, snapshot), name);
  if (await isThere(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  await using _lock = await lockFile(`${path}.lock`, signal);
  if (await isThere(path)) return path;
  options.onStart?.();
  options.onNotice(`Converting the weights of ${snapshot.id} for llama.cpp (${quantization}); this is done once.`);
  const threads = Math.min(options.threads, MAX_THREADS);
  const conversion = { snapshot, quantization, threads, memory, ...(pooling !== undefined && { pooling }) };
  await replace(path, (temporary) => convertOnThread({ ...conversion, path: temporary }, signal));
  const inUse = [snapshot.revision, ...(await namedCommits(snapshot.directory))];
  await removeOtherRevisions(options.cacheDirectory, snapshot.id, inUse);
  return path;
}

function checked(asked: string | undefined, model: string): Quantization | undefined {
  if (asked === undefined) return undefined;
  const quantization = parseQuantization(asked);
  if (quantization !== undefined) return quantization;
  throw new EngineError("bad_request", say.cannotQuantize(asked, model, QUANTIZATIONS.join(", ")));
}

/** By the size of the weights. */
async function suitable(snapshot: Snapshot): Promise<Quantization> {
  const tensors = await readTensorIndex(snapshot);
  return defaultQuantization(tensors.values().reduce((sum, tensor) => sum + tensor.byteLength, 0));
}

async function isThere(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined;
}

/** The file appears when it is whole. What a killed process left of an earlier attempt is removed. */
async function replace(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const prefix = `${basename(path)}.incomplete-`;
  for (const left of await readdir(dirname(path))) {
    if (left.startsWith(prefix)) await rm(join(dirname(path), left), { force: true });
  }
  const temporary = join(dirname(path), prefix + randomUUID());
  try {
    await write(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
