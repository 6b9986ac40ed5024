import { copyFile, link, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { sizeOf } from "./disk.ts";
import type { FileEntry } from "./needed-files.ts";
import { isCommit } from "./repository.ts";

/*
 * The folders of Hugging Face's own cache:
 *
 *   models--owner--name/blobs/<hash>                 contents
 *   models--owner--name/snapshots/<commit>/<path>    relative links to them
 *   models--owner--name/refs/<revision>              the commit that a branch or tag named when last asked
 *
 * Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */

const PREFIX = "models--";
/** Deep enough for `Q4_K_M/model-00001-of-00002.gguf` and `1_Pooling/config.json`. */
const MAX_DEPTH = 3;
const MAX_FILES = 10_000;

/** `models--owner--name` below the cache's folder. */
export function repoFolder(cacheDirectory: string, repo: string): string {
  return join(cacheDirectory, PREFIX + repo.replaceAll("/", "--"));
}

/** The repositories that have a folder in the cache. */
export async function cachedRepos(cacheDirectory: string): Promise<readonly string[]> {
  const names = await readdir(cacheDirectory).catch(() => []); // No cache yet.
  return names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length).replaceAll("--", "/"));
}

export function blobPath(folder: string, blob: string): string {
  return join(folder, "blobs", blob);
}

export function snapshotFolder(folder: string, commit: string): string {
  return join(folder, "snapshots", commit);
}

/** The commit that the revision named when it was last asked for. */
export async function readRef(folder: string, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const text = await readFile(join(folder, "refs", revision), "utf8").catch(() => ""); // Never asked for.
  return isCommit(text.trim()) ? text.trim() : undefined;
}

/** The commits that branches and tags name, for a snapshot's folder in the cache; none for a folder elsewhere. */
export async function namedCommits(snapshotDirectory: string): Promise<readonly string[]> {
  const refs = join(snapshotDirectory, "..", "..", "refs");
  const entries = await readdir(refs, { recursive: true, withFileTypes: true }).catch(() => []); // Elsewhere.
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.map((text) => text.trim()).filter(isCommit);
}

export async function writeRef(folder: string, revision: string, commit: string): Promise<void> {
  if (isCommit(revision)) return;
  const path = join(folder, "refs", revision);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, commit);
}

/** Makes a blob appear in the snapshot: as a link, or as a copy where the file system has none. */
export async function place(blob: string, pointer: string, makeLink: typeof symlink = symlink): Promise<void> {
  await mkdir(dirname(pointer), { recursive: true });
  await rm(pointer, { force: true });
  try {
    await makeLink(relative(dirname(pointer), blob), pointer);
  } catch {
    // Windows lets only some people make symbolic links, and all of them hard ones.
    await link(blob, pointer).catch(() => copyFile(blob, pointer));
  }
}

/** All files below a folder whose content is there; hidden ones are left out. */
export async function listFiles(directory: string, depth = 0): Promise<readonly FileEntry[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []); // No such folder: no files.
  const found = await Promise.all(
    entries
      .filter((entry) => !entry.name.startsWith("."))
      .slice(0, MAX_FILES)
      .map(async (entry): Promise<readonly FileEntry[]> => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) return depth < MAX_DEPTH ? await within(entry.name, listFiles(path, depth + 1)) : [];
        const size = await sizeOf(path);
        return size === undefined ? [] : [{ path: entry.name, size }];
      }),
  );
  return found.flat();
}

async function within(folder: string, files: Promise<readonly FileEntry[]>): Promise<readonly FileEntry[]> {
  return (await files).map(({ path, size }) => ({ path: `${folder}/${path}`, size }));
}
