import type { Command } from "./command.ts";
import { createProgressView } from "./progress.ts";

/** The process of the local models, which the server starts for itself. Lives until its parent ends it. */
export const engineProcess: Command = async (_, context) => {
  const { startEngine } = await import("../start-engine.ts");
  await startEngine(context.isInteractive ? createProgressView(context).show : undefined);
  return 0;
};
