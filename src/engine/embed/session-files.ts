import { randomUUID } from "node:crypto";
import { copyFile, link, mkdir, realpath, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { derivedFolder } from "../derived-folder.ts";
import type { Snapshot } from "../model.ts";

/**
 * Puts a graph and the weights that it points to into one folder of the cache: ONNX Runtime refuses external data whose
 * real path leaves the graph's folder, and in Hugging Face's cache weights are symbolic links to another one. The
 * weights are hard links, or copies where the cache is on another file system. Several processes may do it at once.
 *
 * @param weights relative paths, as in `Snapshot.files`; see `linkedName` for what the graph must call them.
 * @returns the path of the graph
 */
export async function placeSessionFiles(
  cacheDirectory: string,
  snapshot: Snapshot,
  graph: Uint8Array,
  weights: readonly string[],
): Promise<string> {
  const folder = derivedFolder(cacheDirectory, snapshot);
  await mkdir(folder, { recursive: true });
  for (const file of weights) {
    await linkFile(await realpath(join(snapshot.directory, file)), join(folder, linkedName(file)));
  }
  const graphPath = join(folder, "graph.onnx");
  await replaceFile(graphPath, (temporary) => writeFile(temporary, graph));
  return graphPath;
}

/** A weight file's name beside the graph. */
export function linkedName(file: string): string {
  return file.replaceAll("/", "--");
}

async function linkFile(source: string, target: string): Promise<void> {
  if (await isSameFile(source, target)) return;
  await replaceFile(target, async (temporary) => {
    try {
      await link(source, temporary);
    } catch {
      // Another file system, or one without hard links: a copy serves as well, and what fails for it too is told.
      await copyFile(source, temporary);
      const { atime, mtime } = await stat(source);
      await utimes(temporary, atime, mtime);
    }
  });
}

/** The same file under two names, or a copy that was made by `linkFile`. */
async function isSameFile(source: string, target: string): Promise<boolean> {
  const [from, to] = await Promise.all([stat(source), stat(target).catch(() => undefined)]);
  if (to === undefined) return false;
  if (from.ino === to.ino && from.dev === to.dev) return true;
  return from.size === to.size && Math.trunc(from.mtimeMs) === Math.trunc(to.mtimeMs);
}

/** Another process sees the old file or the whole new one. */
async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
