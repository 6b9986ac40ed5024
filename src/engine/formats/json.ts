import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";

/**
 * One of a model's JSON files, or undefined where the model has none of that name.
 *
 * @param path as in `Snapshot.files`: `1_Pooling/config.json`.
 * @throws EngineError `corrupt` if the file is no JSON.
 */
export async function readJson<T>(snapshot: Snapshot, path: string): Promise<T | undefined> {
  if (!snapshot.files.includes(path)) return undefined;
  const text = await readFile(join(snapshot.directory, path), "utf8");
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new EngineError("corrupt", `${path} of ${snapshot.id} is not valid JSON; remove it and download it again.`, {
      cause,
    });
  }
}
