import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The program as a user starts it: a process of its own, on a free port, in an empty working directory. */
export interface Program extends AsyncDisposable {
  readonly process: ChildProcess;
  /** `http://127.0.0.1:8000` */
  readonly url: string;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it has written to standard error so far. */
  stderr(): string;
}

export interface ProgramOptions {
  /** All that it is told besides; nothing of this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly yaml?: string;
  readonly nodeFlags?: readonly string[];
  /** A free one, unless told otherwise. */
  readonly port?: string;
}

/** Resolves when it takes calls. */
export async function startProgram({
  environment = {},
  yaml = "",
  nodeFlags = [],
  port = "0",
}: ProgramOptions = {}): Promise<Program> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-program-"));
  await writeFile(join(directory, "omniport.yaml"), yaml);
  const child = fork(MAIN, ["serve", "--port", port], {
    cwd: directory,
    env: { HOME: directory, USERPROFILE: directory, LANG: "C", LOG_LEVEL: "error", ...environment },
    execArgv: [...nodeFlags],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const url = child.stdout && (await listening(child.stdout));
  if (!url) throw new Error(`The program did not start: ${stderr}`);
  return {
    process: child,
    url,
    ended,
    stderr: () => stderr,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The address in the first line that it prints; undefined when it ends before. */
async function listening(stdout: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: stdout })) {
    const url = / listens on (http:\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    stdout.resume();
    return url;
  }
  return undefined;
}
