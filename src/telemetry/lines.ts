import { fstatSync, write, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** Takes lines for a file or a pipe that other programs read. Never waits, never throws. */
export interface Lines {
  /** @param line with its line feed. */
  write(line: string): void;
}

const FLUSH_AFTER_MS = 100;

/**
 * Other processes of the same server write into the same pipe: what is no longer than this is not mixed with theirs.
 * Source: https://man7.org/linux/man-pages/man7/pipe.7.html (PIPE_BUF)
 */
const MAX_PIPE_BYTES = 4096;
/** In files, writes of any length do not mix. */
const MAX_FILE_BYTES = 64 * 1024;
/** So much waits for a reader that is slow. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const BUSY_MS = 50;
/** At the process's end, a reader that takes nothing is waited for this often. */
const MAX_LAST_WAITS = 10;

/**
 * Lines go out together, some times a second: each by itself would be a write of its own. One who reads from a pipe may be
 * slow, and is waited for on another thread; a file takes in microseconds what to hand to a thread would cost more.
 *
 * Lines that cannot be written, as the disk is full or nobody reads, are dropped and counted: a server does not end for
 * want of its log.
 *
 * @param lostLine says, where lines can be written again, how many were lost.
 */
export function createLines(fd: number, lostLine: (count: number) => string): Lines {
  const isFile = fstatSync(fd).isFile();
  const maxBytes = isFile ? MAX_FILE_BYTES : MAX_PIPE_BYTES;
  const blocks: string[] = [];
  let block = "";
  let blockBytes = 0;
  let waitingBytes = 0;
  let lost = 0;
  let isWriting = false;
  let flushing: NodeJS.Timeout | undefined;

  const closeBlock = (): void => {
    if (block !== "") blocks.push(block);
    block = "";
    blockBytes = 0;
  };

  /** Of a text that could not be written. */
  const lose = (text: string): void => void (lost += text.split("\n").length - 1);

  /** The next block, and before it what must be said of those that were lost. */
  const next = (): Buffer | undefined => {
    const text = blocks.shift();
    if (text === undefined) return undefined;
    const bytes = Buffer.from(text);
    waitingBytes -= bytes.length;
    if (lost === 0) return bytes;
    const said = Buffer.from(lostLine(lost));
    lost = 0;
    return Buffer.concat([said, bytes]);
  };

  const writeToFile = (): void => {
    for (let bytes = next(); bytes; bytes = next()) {
      try {
        for (let left = bytes; left.length > 0;) left = left.subarray(writeSync(fd, left));
      } catch {
        lose(bytes.toString());
      }
    }
  };

  /** What a pipe had no room for. What a thread has taken it writes, also while the process ends. */
  let heldUp: Buffer = NOTHING;

  const writeBlock = async (block: Buffer): Promise<void> => {
    for (let left: Buffer = block; left.length > 0;) {
      try {
        const { bytesWritten } = await written(fd, left);
        left = left.subarray(bytesWritten);
      } catch (thrown) {
        if (!isBusy(thrown)) return lose(block.toString());
        heldUp = left;
        await delay(BUSY_MS, undefined, { ref: false });
        heldUp = NOTHING;
      }
    }
  };

  const writeToPipe = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    for (let block = next(); block; block = next()) await writeBlock(block);
    isWriting = false;
  };

  const flush = (): void => {
    closeBlock();
    if (isFile) writeToFile();
    else void writeToPipe();
  };

  process.once("exit", () => {
    closeBlock();
    const rest = [heldUp];
    for (let bytes = next(); bytes; bytes = next()) rest.push(bytes);
    writeLast(fd, Buffer.concat(rest));
  });

  return {
    write(line) {
      const bytes = Buffer.byteLength(line);
      if (waitingBytes + bytes > MAX_WAITING_BYTES) return lose(line);
      if (blockBytes + bytes > maxBytes) flush();
      block += line;
      blockBytes += bytes;
      waitingBytes += bytes;
      flushing ??= setTimeout(() => {
        flushing = undefined;
        flush();
      }, FLUSH_AFTER_MS).unref();
    },
  };
}

const NOTHING = Buffer.alloc(0);

const written = promisify(write);

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "EAGAIN";
}

function writeLast(fd: number, bytes: Buffer): void {
  let left = bytes;
  let waits = 0;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
      waits = 0;
    } catch (thrown) {
      if (!isBusy(thrown) || ++waits > MAX_LAST_WAITS) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
    }
  }
}
