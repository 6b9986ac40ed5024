import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execArgv } from "node:process";
import { setImmediate, setTimeout } from "node:timers/promises";
import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { createHttp } from "./http.ts";
import type { Upstream, UpstreamRequest, UpstreamResponse } from "./upstream.ts";

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
  readonly onStart: (pid: number) => void;
  /** The child ended although nobody asked it to. */
  readonly onCrash: (how: string) => void;
  /** What the child says, once its socket takes calls. */
  readonly onMessage?: (message: unknown) => void;
}

/** A child process as the server that it is. */
export interface Child extends Upstream {
  /** Starts it before the first call. A failure shows in that call. */
  start(signal: AbortSignal): Promise<void>;
  /** Whether calls are answered without a start. */
  isRunning(): boolean;
}

/** The first message to the child. */
export interface ChildOrders<Settings> {
  readonly socketPath: string;
  readonly settings: Settings;
}

/** What the child says when its socket takes calls. */
export const LISTENING = "listening";

const START_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
/** A child that lived this long, or has answered a call, was healthy: the next crash counts as the first. */
const HEALTHY_AFTER_MS = 60_000;

interface Running {
  readonly process: ChildProcess;
  readonly http: Upstream;
  readonly exit: Promise<void>;
  hasAnswered: boolean;
  /** Whether a connection broke. */
  isBroken: boolean;
}

/**
 * A child process that answers HTTP on a private socket: started with the first call, started again with the next call
 * after a crash (later and later if it crashes on and on), ended with this process.
 */
export function createChild(options: ChildOptions): Child {
  let starting: Promise<Running> | undefined;
  let crashes = 0;
  let restAfterCrashUntil = 0;
  let isClosed = false;
  let isRunning = false;

  const start = async (): Promise<Running> => {
    const { socketPath, remove } = await privateSocket();
    const process = fork(options.script, options.args, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: [...execArgv, ...(options.nodeFlags ?? [])],
      ...(options.environment && { env: options.environment }),
    });
    const startedAt = Date.now();
    const http = createHttp({ socketPath, headersTimeoutMs: 0, idleTimeoutMs: 0 });
    const exit = Promise.withResolvers<void>();
    const child: Running = { process, http, exit: exit.promise, hasAnswered: false, isBroken: false };
    process.once("exit", (code, signal) => {
      exit.resolve();
      starting = undefined;
      isRunning = false;
      void remove();
      if (isClosed) return;
      const wasHealthy = child.hasAnswered || Date.now() - startedAt > HEALTHY_AFTER_MS;
      crashes = wasHealthy ? 1 : crashes + 1;
      if (crashes > 1) restAfterCrashUntil = Date.now() + Math.min(1000 * 2 ** (crashes - 2), MAX_BACKOFF_MS);
      options.onCrash(signal ?? `exit code ${code}`);
    });
    process.send({ socketPath, settings: options.settings } satisfies ChildOrders<object>);
    await listening(process);
    options.onStart(process.pid ?? 0);
    process.on("message", (message) => options.onMessage?.(message));
    isRunning = true;
    return child;
  };

  const running = async (signal: AbortSignal): Promise<Running> => {
    // What the system has told of the child's end, and of its sockets', is heard first.
    await setImmediate();
    if (isClosed) throw stopped();
    if (!starting && Date.now() < restAfterCrashUntil) throw resting(restAfterCrashUntil - Date.now());
    starting ??= start();
    const current = starting;
    current.catch(() => {
      if (starting === current) starting = undefined;
    });
    const child = await abortable(current, signal);
    if (!child.isBroken) return child;
    // Either we hear of its end soon, or it lives and has only hung up.
    await Promise.race([abortable(child.exit, signal), setTimeout(END_TIMEOUT_MS, undefined, { signal, ref: false })]);
    child.isBroken = false;
    return running(signal);
  };

  return {
    isRunning: () => isRunning,

    async start(signal) {
      await running(signal).catch(() => undefined); // `onCrash` has told.
    },

    async send(request, signal) {
      const child = await running(signal);
      try {
        return await ask(child, request, signal);
      } catch (thrown) {
        if (signal.aborted || !neverArrived(thrown)) throw explain(child, thrown, signal);
      }
      // It had died before, and nobody had heard of it yet.
      child.isBroken = true;
      const next = await running(signal);
      try {
        return await ask(next, request, signal);
      } catch (thrown) {
        throw explain(next, thrown, signal);
      }
    },

    async close() {
      isClosed = true;
      const child = await starting?.catch(() => undefined);
      await child?.http.close();
      if (child && !hasEnded(child.process)) {
        child.process.kill("SIGKILL");
        await child.exit;
      }
    },
  };
}

async function ask(child: Running, request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResponse> {
  const response = await child.http.send(request, signal);
  child.hasAnswered = true;
  return { ...response, body: whileAlive(child, response) };
}

/** Whether nobody listens on the socket any more. */
function neverArrived(thrown: unknown): boolean {
  const cause = thrown instanceof ApiError ? thrown.cause : undefined;
  return cause instanceof Error && "code" in cause && (cause.code === "ECONNREFUSED" || cause.code === "ENOENT");
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
  child.isBroken ||= isBroken;
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
    const timer = globalThis.setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
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
  return new ApiError(503, "api_error", say.engineStopped, {
    code: "engine_stopped",
    headers: { "retry-after": "1" },
    cause,
  });
}

function resting(ms: number): ApiError {
  const seconds = Math.ceil(ms / 1000);
  return new ApiError(503, "api_error", say.engineRests(seconds), {
    code: "engine_stopped",
    headers: { "retry-after": String(seconds) },
  });
}
