import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Snapshot } from "./model.ts";

/** Where what is made of a snapshot's files is kept, below the cache's folder: one folder a model, in it one a revision. */
export function derivedFolder(cacheDirectory: string, { id, revision }: Pick<Snapshot, "id" | "revision">): string {
  return join(derivedModelFolder(cacheDirectory, id), shortHash(revision));
}

/** All that is made of one model's files. Its name can be read, and is another one for each id. */
export function derivedModelFolder(cacheDirectory: string, id: string): string {
  const readable = id.replaceAll(/[^\w.-]+/g, "--").slice(-60);
  return join(cacheDirectory, "derived", `${readable}-${shortHash(id)}`);
}

/** Removes what was made of other revisions of the model than these. What is in use on Windows stays until the next time. */
export async function removeOtherRevisions(
  cacheDirectory: string,
  id: string,
  revisions: readonly string[],
): Promise<void> {
  const folder = derivedModelFolder(cacheDirectory, id);
  const kept = new Set(revisions.map(shortHash));
  for (const name of await readdir(folder).catch(() => [])) {
    // Failing to tidy up is no reason to fail: the files are only old.
    if (!kept.has(name)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
