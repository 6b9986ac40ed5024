import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { MemoryNeed } from "./memory.ts";
import type { Snapshot } from "./model.ts";

const WEIGHTS = /\.(?:safetensors|bin|gguf)$/i;
/** What computing takes, and a thread of its own. */
const WORK_BYTES = 160 * 2 ** 20;
/** ONNX Runtime keeps some of the weights a second time, turned for its own sake. */
const WEIGHTS_FACTOR = 1.25;

/** What a model that reads texts whole takes of the memory. */
export async function encoderMemoryNeed({ id, directory, files }: Snapshot): Promise<MemoryNeed> {
  const weights = files.filter((file) => WEIGHTS.test(file));
  const sizes = await Promise.all(weights.map(async (file) => (await stat(join(directory, file))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0) * WEIGHTS_FACTOR + WORK_BYTES;
  return { model: id, leastBytes: bytes, bestBytes: bytes };
}
