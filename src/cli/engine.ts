import type { Command } from "./command.ts";

/** The process of the local models, which the server starts for itself. Lives until its parent ends it. */
export const engine: Command = async () => {
  const { startEngine } = await import("../start-engine.ts");
  await startEngine();
  return 0;
};
