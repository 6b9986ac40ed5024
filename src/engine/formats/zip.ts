import type { FileHandle } from "node:fs/promises";
import { readAt } from "./read-at.ts";

/** Where an entry's bytes lie in the archive; they are stored as they are. */
export interface ZipEntry {
  readonly offset: number;
  readonly byteLength: number;
}

/** One entry as the central directory has it. */
interface DirectoryEntry {
  readonly name: string;
  readonly method: number;
  readonly byteLength: number;
  readonly headerOffset: number;
}

interface Directory {
  readonly offset: number;
  readonly byteLength: number;
}

const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END = 0x06064b50;
const ZIP64_END_BYTES = 56;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Stands for a number that is in the zip64 part. */
const IN_ZIP64 = 0xffffffff;
const ZIP64_FIELD = 1;
const STORED = 0;
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

/**
 * Finds the entries of a zip archive whose contents are not compressed.
 *
 * @returns undefined where the file is no such archive, or a damaged one.
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function readZip(handle: FileHandle): Promise<ReadonlyMap<string, ZipEntry> | undefined> {
  try {
    return await readEntries(handle);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // A length or an offset points outside of what is there.
    throw error;
  }
}

async function readEntries(handle: FileHandle): Promise<ReadonlyMap<string, ZipEntry> | undefined> {
  const { size } = await handle.stat();
  const directory = await findDirectory(handle, size);
  if (directory === undefined || directory.byteLength > MAX_DIRECTORY_BYTES) return undefined;
  const bytes = await readAt(handle, directory.offset, directory.byteLength);
  if (bytes === undefined) return undefined;
  const entries = new Map<string, ZipEntry>();
  for (const entry of directoryEntries(bytes)) {
    const offset = await contentOffset(handle, entry.headerOffset);
    if (offset === undefined || entry.method !== STORED || offset + entry.byteLength > size) return undefined;
    entries.set(entry.name, { offset, byteLength: entry.byteLength });
  }
  return entries;
}

async function findDirectory(handle: FileHandle, size: number): Promise<Directory | undefined> {
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readAt(handle, size - tailBytes, tailBytes);
  const at = tail?.lastIndexOf(END_SIGNATURE) ?? -1;
  if (tail === undefined || at < 0 || at + END_BYTES > tail.length) return undefined;
  const directory = { byteLength: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  const zip64 = await findZip64Directory(handle, size - tailBytes + at - ZIP64_LOCATOR_BYTES);
  return zip64 ?? directory;
}

/** @param locator where its locator would be: right before the end record. */
async function findZip64Directory(handle: FileHandle, locator: number): Promise<Directory | undefined> {
  const bytes = locator < 0 ? undefined : await readAt(handle, locator, ZIP64_LOCATOR_BYTES);
  if (bytes?.readUInt32LE() !== ZIP64_LOCATOR) return undefined;
  const end = await readAt(handle, Number(bytes.readBigUInt64LE(8)), ZIP64_END_BYTES);
  if (end?.readUInt32LE() !== ZIP64_END) return undefined;
  return { byteLength: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)) };
}

function* directoryEntries(bytes: Buffer): Generator<DirectoryEntry> {
  let at = 0;
  while (at < bytes.length) {
    if (bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new RangeError("no entry of a zip directory");
    const nameBytes = bytes.readUInt16LE(at + 28);
    const extraBytes = bytes.readUInt16LE(at + 30);
    const commentBytes = bytes.readUInt16LE(at + 32);
    const extra = at + DIRECTORY_ENTRY_BYTES + nameBytes;
    const sizes = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)];
    const [byteLength = 0, , headerOffset = 0] = withZip64(sizes, bytes.subarray(extra, extra + extraBytes));
    const name = bytes.toString("utf8", at + DIRECTORY_ENTRY_BYTES, extra);
    yield { name, method: bytes.readUInt16LE(at + 10), byteLength, headerOffset };
    at = extra + extraBytes + commentBytes;
  }
}

/** The zip64 field holds, in this order, those of size, compressed size and offset that did not fit into 32 bits. */
function withZip64(sizes: readonly number[], extra: Buffer): readonly number[] {
  let at = 0;
  while (at + 4 <= extra.length) {
    const fieldBytes = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64_FIELD) {
      let next = at + 4;
      return sizes.map((size) => {
        if (size !== IN_ZIP64) return size;
        next += 8;
        return Number(extra.readBigUInt64LE(next - 8));
      });
    }
    at += 4 + fieldBytes;
  }
  return sizes;
}

async function contentOffset(handle: FileHandle, headerOffset: number): Promise<number | undefined> {
  const header = await readAt(handle, headerOffset, LOCAL_HEADER_BYTES);
  if (header?.readUInt32LE() !== LOCAL_HEADER) return undefined;
  return headerOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}
