import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execArgv } from "node:process";
import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { abortable, type ChildSource, type RunningChild, stopped } from "./child.ts";

export interface ChildOptions {
  /** The script to run, in the working directory and with the flags of this process. */
  readonly script: string;
  readonly args: readonly string[];
  /** Further flags of Node, and of V8. */
  readonly nodeFlags?: readonly string[];
  /** Instead of this process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Sent to the child when it has started, together with the path of the socket that it shall listen on. */
  readonly settings: object;
  readonly onStart: (pid: number, socketPath: string) => void;
  /** The child ended although nobody asked it to. */
  readonly onCrash: (how: string) => void;
  /** What the child says, once its socket takes calls. */
  readonly onMessage?: (message: unknown) => void;
}

/** The first message to the child. */
export interface ChildOrders<Settings> {
  readonly socketPath: string;
  readonly settings: Settings;
}

/** What the child says when its socket takes calls. */
export const LISTENING = "listening";

const START_TIMEOUT_MS = 60_000;
const MAX_BACKOFF_MS = 30_000;
/** A child that lived this long, or has answered a call, was healthy: the next crash counts as the first. */
const HEALTHY_AFTER_MS = 60_000;

interface Started extends RunningChild {
  readonly process: ChildProcess;
}

/**
 * A child process with a private socket: started with the first call, started again with the next call after a crash
 * (later and later if it crashes on and on), ended with this process.
 */
export function createChildProcess(options: ChildOptions): ChildSource {
  let starting: Promise<Started> | undefined;
  let crashes = 0;
  let restAfterCrashUntil = 0;
  let isClosed = false;
  let isRunning = false;

  const start = async (): Promise<Started> => {
    const { socketPath, remove } = await privateSocket();
    const process = fork(options.script, options.args, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: [...execArgv, ...(options.nodeFlags ?? [])],
      ...(options.environment && { env: options.environment }),
    });
    const startedAt = Date.now();
    const exit = Promise.withResolvers<void>();
    let hasAnswered = false;
    process.once("exit", (code, signal) => {
      exit.resolve();
      starting = undefined;
      isRunning = false;
      void remove();
      if (isClosed) return;
      const wasHealthy = hasAnswered || Date.now() - startedAt > HEALTHY_AFTER_MS;
      crashes = wasHealthy ? 1 : crashes + 1;
      if (crashes > 1) restAfterCrashUntil = Date.now() + Math.min(1000 * 2 ** (crashes - 2), MAX_BACKOFF_MS);
      options.onCrash(signal ?? `exit code ${code}`);
    });
    process.send({ socketPath, settings: options.settings } satisfies ChildOrders<object>);
    await listening(process);
    options.onStart(process.pid ?? 0, socketPath);
    process.on("message", (message) => options.onMessage?.(message));
    isRunning = true;
    return {
      process,
      socketPath,
      exit: exit.promise,
      hasEnded: () => hasEnded(process),
      answered: () => void (hasAnswered = true),
    };
  };

  return {
    isRunning: () => isRunning,

    async running(signal) {
      if (isClosed) throw stopped();
      if (!starting && Date.now() < restAfterCrashUntil) throw resting(restAfterCrashUntil - Date.now());
      starting ??= start();
      const current = starting;
      current.catch(() => {
        if (starting === current) starting = undefined;
      });
      return abortable(current, signal);
    },

    async close() {
      isClosed = true;
      const child = await starting?.catch(() => undefined);
      if (child && !child.hasEnded()) {
        child.process.kill("SIGKILL");
        await child.exit;
      }
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** A path that only this user can reach. */
async function privateSocket(): Promise<{ socketPath: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const name = directory.replaceAll(/[^\w-]/g, "-");
  return { socketPath: process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(directory, "socket"), remove };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      settle();
    };
    const onMessage = (message: unknown): void => (message === LISTENING ? end(resolve) : undefined);
    const onExit = (): void => end(() => reject(stopped()));
    const onError = (cause: unknown): void => end(() => reject(stopped(cause)));
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
  });
}

function resting(ms: number): ApiError {
  const seconds = Math.ceil(ms / 1000);
  return new ApiError(503, "api_error", say.engineRests(seconds), {
    code: "engine_stopped",
    headers: { "retry-after": String(seconds) },
  });
}
