import type { FileHandle } from "node:fs/promises";

/** The bytes at a position, or undefined where the file ends before them. */
export async function readAt(handle: FileHandle, position: number, byteLength: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(byteLength);
  let done = 0;
  while (done < byteLength) {
    const { bytesRead } = await handle.read(buffer, done, byteLength - done, position + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return buffer;
}
