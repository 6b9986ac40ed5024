import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../messages/say.ts";
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
    return parseJson(text) as T;
  } catch (cause) {
    throw new EngineError("corrupt", say.noJson(`${path} of ${snapshot.id}`), { cause });
  }
}

/** Strings, and what Python writes for numbers that JSON has no word for. */
const TEXT_OR_NO_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:Infinity|NaN)\b/g;

/**
 * JSON as Python writes it: infinity, and what is no number, become null.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(TEXT_OR_NO_NUMBER, (found) => (found.startsWith('"') ? found : "null")));
  }
}
