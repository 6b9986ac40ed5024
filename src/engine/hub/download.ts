import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { HubClient } from "./client.ts";
import { sizeOf } from "./disk.ts";
import { lockFile } from "./lock-file.ts";

export interface Download {
  readonly client: HubClient;
  readonly repo: string;
  /** Where the content is: a path below the hub's endpoint. */
  readonly source: string;
  readonly size: number;
  /** SHA-256 of the content, or git's SHA-1 of the blob. */
  readonly blob: string;
  /** The file to make. What has come so far is beside it, as `….incomplete`. */
  readonly target: string;
  /** Told how many of the file's bytes are there; fewer than before when a transfer begins anew. */
  readonly onBytes: (bytes: number) => void;
  /** Before the second attempt; doubled before each further one. */
  readonly retryDelayMs: number;
}

/** Attempts in a row that fail and bring less than MIN_PROGRESS_BYTES: a slow line may break often as long as it moves. */
const MAX_FAILURES = 5;
const MIN_PROGRESS_BYTES = 1024 * 1024;
const MAX_RETRY_DELAY_MS = 8_000;

/**
 * Makes the target, unless it is there already. What an earlier attempt left is kept and continued.
 * Of several callers and processes that want the same file one downloads, the others wait for it.
 *
 * @throws EngineError `corrupt`, `no_network`, or the hub's refusal; a file-system error such as ENOSPC as it is.
 */
export async function download(what: Download, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(what.target), { recursive: true });
  if (!(await isThere(what))) {
    await using _lock = await lockFile(`${what.target}.lock`, signal);
    if (!(await isThere(what))) await transferWithRetries(what, signal);
  }
  what.onBytes(what.size);
}

/** Where the part that has come so far is kept, under the name that huggingface_hub uses. */
export function incomplete(target: string): string {
  return `${target}.incomplete`;
}

async function isThere({ target, size }: Download): Promise<boolean> {
  return (await sizeOf(target)) === size;
}

async function transferWithRetries(what: Download, signal: AbortSignal): Promise<void> {
  const partial = incomplete(what.target);
  let wasDamaged = false;
  for (let failures = 0; ;) {
    const before = (await sizeOf(partial)) ?? 0;
    try {
      await transfer(what, partial, signal);
      return await rename(partial, what.target);
    } catch (error) {
      const gained = ((await sizeOf(partial)) ?? 0) - before;
      failures = gained >= MIN_PROGRESS_BYTES ? 1 : failures + 1;
      if (!mayPass(error, wasDamaged) || failures >= MAX_FAILURES) throw error;
      wasDamaged ||= error.code === "corrupt";
      const delayMs = Math.min(what.retryDelayMs * 2 ** (failures - 1), MAX_RETRY_DELAY_MS);
      await sleep(delayMs, undefined, { signal });
    }
  }
}

/** What comes damaged is fetched once more: the fault may be that of the part that was kept, or of the line. */
function mayPass(error: unknown, wasDamaged: boolean): error is EngineError {
  return error instanceof EngineError && (error.code === "no_network" || (error.code === "corrupt" && !wasDamaged));
}

/** One attempt: appends what is still wanting, then checks the whole. A wrong file is removed. */
async function transfer(what: Download, partial: string, signal: AbortSignal): Promise<void> {
  const digest = await append(what, partial, signal);
  if (digest === what.blob) return;
  await rm(partial, { force: true });
  throw corrupt(what, digest);
}

async function append(what: Download, partial: string, signal: AbortSignal): Promise<string> {
  await using file = await open(partial, "a+");
  let { done, hash } = await readBack(what, file);
  if (done < what.size || what.size === 0) {
    const { status, body } = await requestFrom(what, done, signal);
    if (status !== 206 && done > 0) {
      await file.truncate(0);
      ({ done, hash } = { done: 0, hash: newHash(what) });
    }
    what.onBytes(done);
    for await (const chunk of body) {
      done += chunk.length;
      hash.update(chunk);
      if (done > what.size) break; // The checksum will tell.
      await writeAll(file, chunk);
      what.onBytes(done);
    }
  }
  if (done < what.size) throw new EngineError("no_network", say.downloadBroke(what.repo, done, what.size));
  await file.datasync();
  return hash.digest("hex");
}

/** What is kept of earlier attempts, hashed; nothing where it cannot be a beginning of the file. */
async function readBack(what: Download, file: FileHandle): Promise<{ done: number; hash: Hash }> {
  const hash = newHash(what);
  const { size } = await file.stat();
  if (size > what.size) {
    await file.truncate(0);
    return { done: 0, hash };
  }
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk as Buffer);
  return { done: size, hash };
}

/** As `appendFile`, which takes twice the time for it. */
async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length;) written += (await file.write(chunk, written)).bytesWritten;
}

async function requestFrom(
  { client, repo, source }: Download,
  done: number,
  signal: AbortSignal,
): Promise<{ status: number; body: AsyncIterable<Buffer> }> {
  if (done === 0) return await client.get(repo, source, { signal });
  const range = await client.get(repo, source, { signal, headers: { range: `bytes=${done}-` }, accept: [206, 416] });
  const starts = range.status === 206 && String(range.headers["content-range"]).startsWith(`bytes ${done}-`);
  if (starts || range.status === 200) return range;
  // The server means another part than we asked for: the whole is always right.
  for await (const _ of range.body) break;
  return await client.get(repo, source, { signal });
}

/** Git hashes a header before the content. Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function newHash({ blob, size }: Download): Hash {
  return blob.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

function corrupt({ repo, target, blob }: Download, digest: string): EngineError {
  return new EngineError("corrupt", say.fileDamaged(repo, target, digest, blob));
}
