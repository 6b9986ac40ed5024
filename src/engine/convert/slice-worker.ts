import { workerData } from "node:worker_threads";
import { writeSlices, type SliceWork } from "./write-slices.ts";

/** The body of a thread that helps with a conversion. */

export type SliceWorkerData = SliceWork;

writeSlices(workerData as SliceWorkerData);
