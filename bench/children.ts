import { type ChildProcess, spawn, type SpawnOptions, type StdioOptions } from "node:child_process";
import { once } from "node:events";

/** How long a child may take to end before it is killed. */
const END_MS = 5000;
const PIPED: StdioOptions = ["pipe", "pipe", "inherit"];
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

export interface LaunchOptions {
  /** Besides this process's own variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdio?: StdioOptions;
}

/** The processes that a benchmark starts; none of them outlives it, however it ends. */
export interface Children {
  /** @param command the program and its arguments. */
  launch(command: readonly string[], options?: LaunchOptions): ChildProcess;
  stop(child: ChildProcess): Promise<void>;
  stopAll(): Promise<void>;
}

/** From here on, Ctrl+C ends the children first. */
export function createChildren(): Children {
  const living = new Set<ChildProcess>();

  const stop = async (child: ChildProcess): Promise<void> => {
    if (!living.has(child)) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
    await ended;
    clearTimeout(timer);
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all([...living].map(stop));
  };
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.once(signal, () => void stopAll().finally(() => process.exit(128 + number)));
  }

  return {
    launch([program = "", ...args], { env, cwd, stdio = PIPED } = {}) {
      const options: SpawnOptions = { env: { ...process.env, ...env }, stdio, ...(cwd !== undefined && { cwd }) };
      const child = spawn(program, args, options);
      living.add(child);
      child.once("exit", () => living.delete(child));
      child.once("error", () => living.delete(child)); // it never was
      return child;
    },
    stop,
    stopAll,
  };
}
