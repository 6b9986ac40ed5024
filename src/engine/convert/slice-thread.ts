import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { SliceWorkerData } from "./slice-worker.ts";

/** Resolves when no slice is left for one more thread. It ends with the thread that starts it. */
export async function startSliceThread(workerData: SliceWorkerData): Promise<void> {
  // The worker's file lies beside this one, both as source and as built.
  const file = new URL(`slice-worker${extname(import.meta.filename)}`, import.meta.url);
  await once(new Worker(file, { workerData }), "exit");
}
