import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PYTHON } from "../clients/python.ts";
import type { Block } from "./blocks.ts";
import type { Surroundings } from "./surroundings.ts";

/** A folder in which the blocks of a page are run one after the other, as by somebody who reads it from top to bottom. */
export interface Workshop extends AsyncDisposable {
  /**
   * Runs the block, or writes its file. A server that it starts stays, and is the one that later blocks call.
   * @throws Error with what it said, where it fails or answers with an error.
   */
  run(block: Block): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "src/main.ts");
const TIME_LIMIT_MS = 60_000;
/** What the server prints when it takes calls; the page may be read in either language. */
const LISTENS = /(http:\/\/127\.0\.0\.1:\d+)/;
/** Errors in answers whose status says nothing of them, and what the Python examples say when they catch one. */
const FAILED = /data: \{"error"|The call failed|The request failed|發生錯誤|請求錯誤/;

/** @param address of the server that is called as long as no block has started another. */
export async function createWorkshop({ environment, otherServer }: Surroundings, address?: string): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), "omniport-page-"));
  await mkdir(join(folder, "bin"));
  await writeShims(join(folder, "bin"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  await writeChange(folder);
  let current = address;
  const servers: ChildProcess[] = [];

  const asRun = (text: string): string =>
    text
      .replaceAll(/(?:localhost|127\.0\.0\.1):8000/g, new URL(current ?? "http://localhost:8000").host)
      .replaceAll(/gpu-box:\d+/g, otherServer)
      .replaceAll(/--port \d+/g, "--port 0")
      .replaceAll("0.0.0.0", "127.0.0.1");

  const start = ({ language, text }: Block): ChildProcess => {
    const [command, args] = commandOf(language, asRun(text));
    return spawn(command, args, {
      cwd: folder,
      detached: true, // a group of its own: what it starts is ended with it
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...environment,
        PATH: [join(folder, "bin"), dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
        HOME: folder,
        LANG: "C.UTF-8",
        PORT: "0",
        OMNIPORT_THREADS: "1",
        SHUTDOWN_TIMEOUT: "0",
      },
    });
  };

  return {
    async run(block) {
      if (block.file !== undefined) return writeFile(join(folder, block.file), asRun(block.text));
      const child = start(block);
      const { output, code, url } = await outcome(child);
      if (url !== undefined) {
        servers.push(child);
        current = url;
      } else {
        end(child);
        if (code !== 0 || FAILED.test(output)) throw new Error(`It ended with ${code}:\n${output.slice(-2_000)}`);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) end(server);
      await Promise.all(servers.map(closed));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function commandOf(language: string, text: string): [string, readonly string[]] {
  if (language === "python") return [PYTHON, ["-c", text]];
  if (language === "js") return [process.execPath, ["--input-type=module", "--eval", text]];
  return ["bash", ["-euo", "pipefail", "-c", text]];
}

/** `omniport` as it stands here, and a curl that fails where the server answers with an error. */
async function writeShims(folder: string): Promise<void> {
  const shims = {
    omniport: `exec "${process.execPath}" "${MAIN}" "$@"`,
    curl: 'PATH="${PATH#*:}" exec curl --fail-with-body --silent --show-error "$@"',
  };
  for (const [name, line] of Object.entries(shims)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${line}\n`);
    await chmod(join(folder, name), 0o755);
  }
}

/** A repository with a change, for `git diff`. */
async function writeChange(folder: string): Promise<void> {
  const notes = join(folder, "notes.txt");
  await writeFile(notes, "A draft\n");
  execFileSync("git", ["init", "--quiet", folder]);
  execFileSync("git", ["-C", folder, "add", "notes.txt"]);
  await writeFile(notes, "A text\n");
}

interface Outcome {
  readonly output: string;
  readonly code?: number | string;
  /** Where it listens, if it is a server. */
  readonly url?: string;
}

/** What has come of a process, once it has ended or listens. */
async function outcome(child: ChildProcess): Promise<Outcome> {
  let output = "";
  const { promise: listening, resolve } = Promise.withResolvers<Outcome>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const url = isServer(child) ? LISTENS.exec(output)?.[1] : undefined;
      if (url !== undefined) resolve({ output, url });
    });
  }
  const timer = setTimeout(() => end(child), TIME_LIMIT_MS);
  const ended = once(child, "close").then(([code, signal]): Outcome => ({
    output,
    code: (code ?? signal) as number | string,
  }));
  try {
    return await Promise.race([listening, ended]);
  } finally {
    clearTimeout(timer);
  }
}

/** A line that ends in `omniport`, `omniport serve` or `omniport engine` with options stays until it is ended. */
function isServer({ spawnargs }: ChildProcess): boolean {
  return /(?:^|[\s;&])omniport(?: serve| engine)?(?: --\S+ \S+)*\s*$/.test(spawnargs.at(-1) ?? "");
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group is gone already.
  }
}

async function closed(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
