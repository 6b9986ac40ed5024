import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "../api/error.ts";
import { createHttp } from "./http.ts";
import type { Upstream, UpstreamResponse } from "./upstream.ts";

export interface ChildOptions {
  /** The script to run, with Node's own flags and in the working directory of this process. */
  readonly script: string;
  readonly args: readonly string[];
  /** Sent to the child when it has started, together with the path of the socket that it shall listen on. */
  readonly settings: object;
  readonly onStart: (pid: number) => void;
  /** The child ended although nobody asked it to. */
  readonly onCrash: (how: string) => void;
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
/** A child that lived this long was healthy: the next crash counts as the first. */
const HEALTHY_AFTER_MS = 60_000;

interface Running {
  readonly process: ChildProcess;
  readonly http: Upstream;
  readonly startedAt: number;
}

/**
 * A child process that answers HTTP on a private socket: started with the first call, started again with the next call
 * after a crash (later and later if it crashes on and on), ended with this process.
 */
export function createChild(options: ChildOptions): Upstream {
  let starting: Promise<Running> | undefined;
  let crashes = 0;
  let restAfterCrashUntil = 0;
  let isClosed = false;

  const start = async (): Promise<Running> => {
    const { socketPath, remove } = await privateSocket();
    const process = fork(options.script, options.args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const startedAt = Date.now();
    process.once("exit", (code, signal) => {
      starting = undefined;
      void remove();
      if (isClosed) return;
      crashes = Date.now() - startedAt > HEALTHY_AFTER_MS ? 1 : crashes + 1;
      if (crashes > 1) restAfterCrashUntil = Date.now() + Math.min(1000 * 2 ** (crashes - 2), MAX_BACKOFF_MS);
      options.onCrash(signal ?? `exit code ${code}`);
    });
    process.send({ socketPath, settings: options.settings } satisfies ChildOrders<object>);
    await listening(process);
    options.onStart(process.pid ?? 0);
    return { process, http: createHttp({ socketPath, headersTimeoutMs: 0, idleTimeoutMs: 0 }), startedAt };
  };

  const running = (signal: AbortSignal): Promise<Running> => {
    if (isClosed) throw stopped();
    if (!starting && Date.now() < restAfterCrashUntil) throw resting(restAfterCrashUntil - Date.now());
    starting ??= start().catch((thrown: unknown) => {
      starting = undefined;
      throw thrown;
    });
    return abortable(starting, signal);
  };

  return {
    async send(request, signal) {
      const child = await running(signal);
      try {
        const response = await child.http.send(request, signal);
        return { ...response, body: whileAlive(child, response) };
      } catch (thrown) {
        throw explain(child, thrown, signal);
      }
    },

    async close() {
      isClosed = true;
      const child = await starting?.catch(() => undefined);
      await child?.http.close();
      if (child && !hasEnded(child.process)) {
        const exit = new Promise((resolve) => child.process.once("exit", resolve));
        child.process.kill("SIGKILL");
        await exit;
      }
    },
  };
}

async function* whileAlive(child: Running, response: UpstreamResponse): AsyncGenerator<Buffer> {
  try {
    yield* response.body;
  } catch (thrown) {
    throw explain(child, thrown);
  }
}

/** A broken connection to a child means that it died, whether or not we have heard of its end already. */
function explain(child: Running, thrown: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted || !(thrown instanceof ApiError)) return thrown;
  const isBroken = thrown.code === "upstream_unreachable" || thrown.code === "upstream_incomplete";
  return isBroken || hasEnded(child.process) ? stopped(thrown) : thrown;
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

/** The promise's value, unless the signal comes first. What the promise stands for goes on: others wait for it, too. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function stopped(cause?: unknown): ApiError {
  return new ApiError(
    503,
    "api_error",
    "The engine for local models stopped in the middle of the call. Try again: it starts anew.",
    {
      code: "engine_stopped",
      headers: { "retry-after": "1" },
      cause,
    },
  );
}

function resting(ms: number): ApiError {
  const seconds = Math.ceil(ms / 1000);
  return new ApiError(
    503,
    "api_error",
    `The engine for local models crashed several times and rests for ${seconds} s; its log says why.`,
    {
      code: "engine_stopped",
      headers: { "retry-after": String(seconds) },
    },
  );
}
