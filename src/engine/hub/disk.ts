import { stat, statfs } from "node:fs/promises";
import { EngineError } from "../errors.ts";

/** @throws EngineError `disk_full` where the folder's disk has less free than needed. */
export async function requireSpace(directory: string, neededBytes: number): Promise<void> {
  if (neededBytes === 0) return;
  if ((await freeBytes(directory)) < neededBytes) throw await diskFull(directory, neededBytes);
}

export async function diskFull(directory: string, neededBytes: number, cause?: unknown): Promise<EngineError> {
  const free = await freeBytes(directory);
  return new EngineError(
    "disk_full",
    `The disk of ${directory} is too full: ${neededBytes} bytes (${inGb(neededBytes)}) are needed, ${free} (${inGb(free)}) are free. Make room, or set HF_HOME to a folder on a larger disk.`,
    { cause },
  );
}

/** Whether a write failed for want of room, or of quota. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
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

function inGb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
