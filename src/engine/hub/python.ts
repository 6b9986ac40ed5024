import { spawn } from "node:child_process";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";

/** A program and the arguments that come before all others: `["py", "-3"]`. */
export type PythonCommand = readonly [program: string, ...args: string[]];

/** What Python is called on Unix, in virtual environments and on Windows. */
export const PYTHON_COMMANDS: readonly PythonCommand[] = [["python3"], ["python"], ["py", "-3"]];

const TIMEOUT_MS = 15 * 60 * 1000;
const MAX_ERROR_CHARACTERS = 2000;

/**
 * The first of the commands that has pip.
 * @throws EngineError `no_network` where none has.
 */
export async function findPython(commands: readonly PythonCommand[], signal: AbortSignal): Promise<PythonCommand> {
  for (const command of commands) {
    const { ok } = await run(command, ["-m", "pip", "--version"], signal);
    if (ok) return command;
  }
  const names = commands.map((command) => command.join(" ")).join(", ");
  throw new EngineError("no_network", say.noPython(names));
}

/** @throws EngineError `no_network` with the last line that Python wrote, when it fails. */
export async function runPython(command: PythonCommand, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { ok, errors } = await run(command, args, signal);
  if (ok) return;
  const reason = errors.trim().split("\n").at(-1) ?? "";
  throw new EngineError("no_network", say.commandFailed([...command, ...args.slice(0, 3)].join(" "), reason));
}

/** Ended when the signal fires or the time is up; waits until the process is gone. */
async function run(
  [program, ...first]: PythonCommand,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ ok: boolean; errors: string }> {
  signal.throwIfAborted();
  const child = spawn(program, [...first, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    windowsHide: true,
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-MAX_ERROR_CHARACTERS);
  });
  child.on("error", (error) => {
    errors += `\n${error.message}`;
  });
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  child.on("close", resolve);
  await closed;
  signal.throwIfAborted();
  return { ok: child.exitCode === 0, errors };
}
