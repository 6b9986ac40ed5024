import { stat, statfs } from "node:fs/promises";
import { say } from "../../messages/say.ts";
import { codeOf } from "../error-code.ts";
import { EngineError } from "../errors.ts";

/** A cache, and the variable that moves it to another disk. */
export interface Cache {
  readonly variable: string;
}

/** Hugging Face's own. */
export const HUB_CACHE: Cache = { variable: "HF_HOME" };
/** For what is made of models, or comes from elsewhere than the hub. */
export const OWN_CACHE: Cache = { variable: process.platform === "win32" ? "LOCALAPPDATA" : "XDG_CACHE_HOME" };

/** @throws EngineError `disk_full` where the folder's disk has less free than needed. */
export async function requireSpace(cache: Cache, directory: string, neededBytes: number): Promise<void> {
  if (neededBytes === 0) return;
  if ((await freeBytes(directory)) < neededBytes) throw await diskFull(cache, directory, neededBytes);
}

export async function diskFull(
  { variable }: Cache,
  directory: string,
  neededBytes: number,
  cause?: unknown,
): Promise<EngineError> {
  const free = await freeBytes(directory);
  if (codeOf(cause) === TOO_LARGE)
    return new EngineError("disk_full", say.fileTooLarge(directory, variable), { cause });
  const [needed, left] = [`${neededBytes} bytes (${rounded(neededBytes)})`, `${free} (${rounded(free)})`];
  return new EngineError("disk_full", say.diskFull(directory, needed, left, variable), { cause });
}

/** What a write fails with where a disk, such as one in FAT32, or a limit of the system takes no file so large. */
const TOO_LARGE = "EFBIG";
const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", TOO_LARGE]);

/** Whether a write failed for want of room, or of quota. */
export function isDiskFull(error: unknown): boolean {
  return NO_ROOM.has(codeOf(error));
}

/** Bytes of the file behind a path, links followed; undefined where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const entry = await stat(path);
    return entry.isFile() ? entry.size : undefined;
  } catch {
    return undefined; // Missing or unreadable: both are as good as not there.
  }
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function rounded(bytes: number): string {
  return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
