import { join } from "node:path";
import type { Snapshot } from "../model.ts";
import { convertedFile, type ConvertOptions } from "./converted.ts";

/**
 * The path of a model's GGUF file: the repository's own, of one in several parts the first, which names the others; or
 * one that is made of its weights.
 * @throws what `convertedFile` throws
 */
export async function ggufFile(snapshot: Snapshot, options: ConvertOptions, signal: AbortSignal): Promise<string> {
  const [own] = snapshot.files.filter((file) => /\.gguf$/i.test(file)).toSorted();
  return own === undefined ? await convertedFile(snapshot, options, signal) : join(snapshot.directory, own);
}
