import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { diskFull, isDiskFull, OWN_CACHE, requireSpace } from "../hub/disk.ts";
import { requireFit, type MemoryLimit } from "../memory.ts";
import type { Snapshot } from "../model.ts";
import { planGguf, type GgufPlan } from "./gguf-plan.ts";
import type { Pooling } from "./pooling.ts";
import type { Quantization } from "./quantization.ts";
import { startSliceThread } from "./slice-thread.ts";
import { slices } from "./slices.ts";
import { writeSlices } from "./write-slices.ts";

export interface Conversion {
  readonly snapshot: Snapshot;
  readonly quantization: Quantization;
  /** Of a model that makes embeddings. */
  readonly pooling?: Pooling;
  /** The file to make; what is there is overwritten. */
  readonly path: string;
  /** That compute at the same time, this one among them. */
  readonly threads: number;
  /** A model that can never be loaded is not converted. */
  readonly memory: MemoryLimit;
}

/**
 * Makes a GGUF file of a repository's weights, a few rows at a time. It keeps this thread busy for as long as that takes.
 *
 * @throws EngineError `unsupported`, `corrupt`, `disk_full` or `out_of_memory`; a file-system error as it is.
 */
export async function convert(conversion: Conversion): Promise<void> {
  const { snapshot, quantization, pooling, path, memory } = conversion;
  const plan = await planGguf(snapshot, quantization, pooling);
  const { byteLength } = plan.header;
  requireFit(snapshot.id, byteLength, memory);
  await requireSpace(OWN_CACHE, dirname(path), byteLength);
  try {
    await write(plan, conversion);
  } catch (error) {
    throw isDiskFull(error) ? await diskFull(OWN_CACHE, dirname(path), byteLength, error) : error;
  }
}

async function write(plan: GgufPlan, { snapshot, path, threads }: Conversion): Promise<void> {
  const { positions } = plan.header;
  await writeFrame(path, plan);
  const work = {
    path,
    slices: plan.tensors.flatMap((tensor, index) => slices(snapshot.directory, tensor, positions[index] ?? 0)),
    next: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
  };
  const others = Array.from({ length: Math.min(threads, work.slices.length) - 1 }, () => startSliceThread(work));
  writeSlices(work);
  await Promise.all(others);
  await using file = await open(path, "r+");
  await file.datasync();
}

/** The header, and the tensors whose numbers are known; the file has its whole length from then on. */
async function writeFrame(path: string, { header, tensors }: GgufPlan): Promise<void> {
  await using file = await open(path, "w");
  await file.truncate(header.byteLength);
  await file.write(header.bytes, 0, header.bytes.length, 0);
  for (const [index, { content }] of tensors.entries()) {
    if ("values" in content) await file.write(Float32Array.from(content.values), 0, null, header.positions[index] ?? 0);
  }
}
