import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { blobPath, place, snapshotFolder, writeRef } from "./cache.ts";
import type { HubClient } from "./client.ts";
import { diskFull, HUB_CACHE, isDiskFull, requireSpace, sizeOf } from "./disk.ts";
import { download, incomplete } from "./download.ts";
import { contentPath, type RemoteFile } from "./repository.ts";

export interface SnapshotSource {
  readonly client: HubClient;
  readonly repo: string;
  readonly revision: string;
  readonly commit: string;
  readonly files: readonly RemoteFile[];
  /** The repository's folder in the cache. */
  readonly folder: string;
  readonly retryDelayMs: number;
  /** Told of all the files together, those that were there before included. */
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

const PARALLEL_DOWNLOADS = 4;
const PROGRESS_INTERVAL_MS = 100;

/**
 * Brings the files into the cache. They appear in the snapshot only when all of them are there, so that a download that
 * was interrupted is never taken for a model.
 *
 * @throws EngineError `disk_full`, and what `download` throws.
 */
export async function fetchSnapshot(source: SnapshotSource, signal: AbortSignal): Promise<void> {
  const { folder, files } = source;
  const wanting = await missingFiles(source);
  if (wanting.length > 0) {
    await mkdir(folder, { recursive: true });
    await requireSpace(HUB_CACHE, folder, await bytesToCome(folder, wanting));
    await downloadAll(source, wanting, signal);
    for (const file of wanting) await place(blobPath(folder, file.blob), pointerPath(source, file));
  }
  if (files.length > 0) await writeRef(folder, source.revision, source.commit);
}

/**
 * One of the files, ahead of the others; it does not appear in the snapshot yet.
 * @returns undefined where there is none of that name
 * @throws EngineError what `download` throws
 */
export async function fetchText(
  source: SnapshotSource,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const file = source.files.find((file) => file.path === path);
  if (!file) return undefined;
  await downloadAll({ ...source, onProgress: () => undefined }, [file], signal);
  return await readFile(blobPath(source.folder, file.blob), "utf8");
}

async function missingFiles(source: SnapshotSource): Promise<readonly RemoteFile[]> {
  const sizes = await Promise.all(source.files.map((file) => sizeOf(pointerPath(source, file))));
  return source.files.filter((file, index) => sizes[index] !== file.size);
}

function pointerPath({ folder, commit }: SnapshotSource, file: RemoteFile): string {
  return join(snapshotFolder(folder, commit), file.path);
}

async function bytesToCome(folder: string, files: readonly RemoteFile[]): Promise<number> {
  let bytes = 0;
  for (const { blob, size } of files) {
    const target = blobPath(folder, blob);
    if ((await sizeOf(target)) !== size) bytes += size - Math.min(size, (await sizeOf(incomplete(target))) ?? 0);
  }
  return bytes;
}

async function downloadAll(source: SnapshotSource, files: readonly RemoteFile[], signal: AbortSignal): Promise<void> {
  const { client, repo, commit, folder, retryDelayMs } = source;
  const report = createReport(source, files);
  const one = async (file: RemoteFile, signal: AbortSignal): Promise<void> => {
    const target = blobPath(folder, file.blob);
    const content = { source: contentPath(repo, commit, file.path), size: file.size, blob: file.blob, target };
    const onBytes = (bytes: number): void => report(file, bytes);
    try {
      await download({ client, repo, ...content, onBytes, retryDelayMs }, signal);
    } catch (error) {
      throw isDiskFull(error) ? await diskFull(HUB_CACHE, folder, await bytesToCome(folder, files), error) : error;
    }
  };
  await inParallel(files, one, signal);
}

/** The first failure stops the others; it is thrown when all have ended. */
async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (either.aborted) return;
      await work(item, either).catch((error: unknown) => failure.abort(error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, worker));
  either.throwIfAborted();
}

/** Adds up what the files tell; those that were there before count as done. */
function createReport(
  { files, onProgress }: SnapshotSource,
  wanting: readonly RemoteFile[],
): (file: RemoteFile, bytes: number) => void {
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  const done = new Map(files.map((file) => [file.path, wanting.includes(file) ? 0 : file.size]));
  let reportedAt = -Infinity;
  return (file, bytes) => {
    done.set(file.path, bytes);
    const doneBytes = done.values().reduce((sum, bytes) => sum + bytes, 0);
    const now = performance.now();
    if (doneBytes < totalBytes && now - reportedAt < PROGRESS_INTERVAL_MS) return;
    reportedAt = now;
    onProgress(doneBytes, totalBytes);
  };
}
