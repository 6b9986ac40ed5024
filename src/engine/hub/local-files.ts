import { createHash } from "node:crypto";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { listFiles } from "./cache.ts";
import { sizeOf } from "./disk.ts";
import { type FileEntry, missing, neededFiles, type Purpose, wholeName } from "./needed-files.ts";

/**
 * A model of the user's own: a folder laid out like a repository, or one `.gguf` file with the other parts of a split one.
 *
 * @param path relative to the working directory, or absolute.
 * @param allowedDirectories absolute. What lies outside, also behind a link, is refused.
 * @throws EngineError `bad_request` outside of these folders, `model_not_found` where nothing is, or as `missing` has it.
 */
export async function openPath(
  path: string,
  purpose: Purpose,
  quantization: string | undefined,
  allowedDirectories: readonly string[],
): Promise<Snapshot> {
  const asked = resolve(path);
  const roots = await Promise.all(allowedDirectories.map(realOrSame));
  await requireInside(asked, roots, path);
  const { directory, files } = await filesAt(asked, path);
  const needed = neededFiles(files, purpose, quantization);
  if (!needed) throw missing(path, files, purpose, quantization);
  for (const file of needed) await requireInside(join(directory, file.path), roots, path);
  const names = needed.map((file) => file.path);
  return { id: path, directory, files: names, revision: await fingerprint(directory, names) };
}

async function filesAt(asked: string, path: string): Promise<{ directory: string; files: readonly FileEntry[] }> {
  const entry = await stat(asked).catch(() => undefined); // Missing: said below.
  if (entry?.isDirectory()) return { directory: asked, files: await listFiles(asked) };
  if (!entry) throw new EngineError("model_not_found", say.pathMissing(path, asked));
  if (!/\.gguf$/i.test(asked)) throw new EngineError("bad_request", say.pathNoModel(path));
  const directory = dirname(asked);
  const parts = (await readdir(directory)).filter((name) => wholeName(name) === wholeName(basename(asked)));
  const files = await Promise.all(
    parts.map(async (name) => ({ path: name, size: (await sizeOf(join(directory, name))) ?? 0 })),
  );
  return { directory, files };
}

async function requireInside(file: string, roots: readonly string[], path: string): Promise<void> {
  const real = await realOrSame(file);
  if (roots.some((root) => isInside(real, root))) return;
  throw new EngineError("bad_request", say.pathOutside(path, roots));
}

function isInside(file: string, root: string): boolean {
  const way = relative(root, file);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function realOrSame(path: string): Promise<string> {
  return await realpath(path).catch(() => path); // What does not exist has no links either.
}

/** Changes when a file does. */
async function fingerprint(directory: string, files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = await stat(join(directory, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest("hex").slice(0, 40);
}
