/// <reference lib="esnext.float16" />
import { open } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { readAt } from "./read-at.ts";
import type { TensorLocation } from "./tensors.ts";

/** How the numbers of each type become float32. */
const READERS: Readonly<Record<string, (bytes: ArrayBuffer) => Float32Array>> = {
  F32: (bytes) => new Float32Array(bytes),
  F16: (bytes) => Float32Array.from(new Float16Array(bytes)),
  // The upper half of a float32.
  BF16: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits << 16).buffer),
};

/**
 * All numbers of a small tensor.
 * @throws EngineError `unsupported` for another type than F32, F16 and BF16, `corrupt` where the file ends before.
 */
export async function readFloats(snapshot: Snapshot, tensor: TensorLocation): Promise<Float32Array> {
  const what = `${tensor.file} of ${snapshot.id}`;
  const read = READERS[tensor.dtype];
  if (read === undefined) {
    const message = say.weightType(what, tensor.dtype, Object.keys(READERS).join(", "));
    throw new EngineError("unsupported", message);
  }
  await using handle = await open(join(snapshot.directory, tensor.file));
  const bytes = await readAt(handle, tensor.offset, tensor.byteLength);
  if (bytes === undefined) throw new EngineError("corrupt", say.fileBroken(what));
  return read(Uint8Array.from(bytes).buffer);
}
