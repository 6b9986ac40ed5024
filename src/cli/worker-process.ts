import type { Command } from "./command.ts";
import { tendYoungGeneration } from "./young-generation.ts";

/** One of several gateway processes, which the server starts for itself. Lives until its parent ends it. */
export const workerProcess: Command = async () => {
  tendYoungGeneration();
  const { startWorker } = await import("../workers/worker.ts");
  startWorker();
  return 0;
};
