import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { listFiles, readRef, snapshotFolder } from "./cache.ts";
import { isWeights } from "./needed-files.ts";

/** Contents are named by their hash; what has come of one so far, and its lock, have more behind it. */
const BLOB = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Removes files from a repository's folder in the cache: those that `isUnwanted` chooses, what is left of snapshots that
 * have no weights any more, and contents that no snapshot has. Links are removed, never followed.
 *
 * @returns the bytes that this made free; undefined where there was nothing to remove.
 */
export async function removeFiles(
  folder: string,
  isUnwanted: (commit: string, path: string) => boolean,
): Promise<number | undefined> {
  const commits = await readdir(join(folder, "snapshots")).catch(() => []); // Nothing was ever whole.
  const before = await bytesIn(folder);
  const left = await Promise.all(
    commits.map((commit) => thinOut(snapshotFolder(folder, commit), (path) => isUnwanted(commit, path))),
  );
  if (left.every((one) => one === "untouched") && (commits.length > 0 || before === 0)) return undefined;
  if (left.every((one) => one === "removed")) await rm(folder, { recursive: true });
  else await removeLeftovers(folder);
  return before - (await bytesIn(folder));
}

async function thinOut(
  snapshot: string,
  isUnwanted: (path: string) => boolean,
): Promise<"untouched" | "thinned" | "removed"> {
  const paths = (await listFiles(snapshot)).map(({ path }) => path);
  const unwanted = paths.filter(isUnwanted);
  if (unwanted.length === 0) return "untouched";
  if (paths.some((path) => isWeights(path) && !isUnwanted(path))) {
    await Promise.all(unwanted.map((path) => rm(join(snapshot, path))));
    return "thinned";
  }
  await rm(snapshot, { recursive: true });
  return "removed";
}

/** Contents without a file, and names of commits without a snapshot. */
async function removeLeftovers(folder: string): Promise<void> {
  const commits = await readdir(join(folder, "snapshots"));
  const used = new Set<string>();
  for (const commit of commits) {
    const directory = snapshotFolder(folder, commit);
    for (const { path } of await listFiles(directory)) used.add(await identity(join(directory, path)));
  }
  for (const name of await readdir(join(folder, "blobs"))) {
    const blob = join(folder, "blobs", name);
    if (BLOB.test(name) && !used.has(await identity(blob))) await rm(blob);
  }
  for (const name of await readdir(join(folder, "refs"), { recursive: true })) {
    const commit = await readRef(folder, name);
    if (commit !== undefined && !commits.includes(commit)) await rm(join(folder, "refs", name));
  }
}

/** The same for a content and for links to it, also hard ones. */
async function identity(path: string): Promise<string> {
  const { dev, ino } = await stat(path);
  return `${dev}:${ino}`;
}

async function bytesIn(folder: string): Promise<number> {
  const blobs = await listFiles(join(folder, "blobs"));
  return blobs.reduce((sum, { size }) => sum + size, 0);
}
