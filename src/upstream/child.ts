import { setImmediate, setTimeout } from "node:timers/promises";
import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { Flow, forEach } from "./flow.ts";
import { createHttp } from "./http.ts";
import type { Upstream, UpstreamRequest, UpstreamResponse } from "./upstream.ts";

/** A child process as the server that it is. */
export interface Child extends Upstream {
  /** Starts it before the first call. A failure shows in that call. */
  start(signal: AbortSignal): Promise<void>;
  /** Whether calls are answered without a start. */
  isRunning(): boolean;
}

/** Who starts the child, and knows how it is: this process, or another one that is asked. */
export interface ChildSource {
  /**
   * The child whose socket takes calls; started first where none runs.
   * @throws ApiError 503 where none can be started at the moment.
   */
  running(signal: AbortSignal): Promise<RunningChild>;
  isRunning(): boolean;
  /** Ends the child, where it is this process that has started it. */
  close(): Promise<void>;
}

export interface RunningChild {
  readonly socketPath: string;
  /** Resolves when it has ended. */
  readonly exit: Promise<void>;
  hasEnded(): boolean;
  /** It is well: its next crash counts as the first. */
  answered(): void;
}

const END_TIMEOUT_MS = 1_000;

interface Reached {
  readonly child: RunningChild;
  readonly http: Upstream;
  /** Whether a connection broke. */
  isBroken: boolean;
}

/** A child process that answers HTTP on a private socket. */
export function createChild(source: ChildSource): Child {
  let reached: Reached | undefined;

  const reach = async (signal: AbortSignal): Promise<Reached> => {
    // What the system has told of the child's end, and of its sockets', is heard first.
    await setImmediate();
    const child = await source.running(signal);
    if (reached?.child !== child) {
      const http = createHttp({ socketPath: child.socketPath, headersTimeoutMs: 0, idleTimeoutMs: 0 });
      reached = { child, http, isBroken: false };
    }
    const current = reached;
    if (!current.isBroken) return current;
    // Either we hear of its end soon, or it lives and has only hung up.
    await Promise.race([abortable(child.exit, signal), setTimeout(END_TIMEOUT_MS, undefined, { signal, ref: false })]);
    current.isBroken = false;
    return reach(signal);
  };

  return {
    isRunning: () => source.isRunning(),

    async start(signal) {
      await source.running(signal).catch(() => undefined); // The source has told.
    },

    async send(request, signal) {
      const first = await reach(signal);
      try {
        return await ask(first, request, signal);
      } catch (thrown) {
        if (signal.aborted || !neverArrived(thrown)) throw explain(first, thrown, signal);
      }
      // It had died before, and nobody had heard of it yet.
      first.isBroken = true;
      const next = await reach(signal);
      try {
        return await ask(next, request, signal);
      } catch (thrown) {
        throw explain(next, thrown, signal);
      }
    },

    async close() {
      await reached?.http.close();
      await source.close();
    },
  };
}

async function ask(reached: Reached, request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResponse> {
  const response = await reached.http.send(request, signal);
  reached.child.answered();
  return { ...response, body: whileAlive(reached, response) };
}

/** Whether nobody listens on the socket any more. */
function neverArrived(thrown: unknown): boolean {
  const cause = thrown instanceof ApiError ? thrown.cause : undefined;
  return cause instanceof Error && "code" in cause && (cause.code === "ECONNREFUSED" || cause.code === "ENOENT");
}

function whileAlive(reached: Reached, { body }: UpstreamResponse): Flow<Buffer> {
  return new Flow((each) =>
    forEach(body, each).catch((thrown: unknown) => {
      throw explain(reached, thrown);
    }),
  );
}

/** A broken connection to a child means that it died, whether or not we have heard of its end already. */
function explain(reached: Reached, thrown: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted || !(thrown instanceof ApiError)) return thrown;
  const isBroken = thrown.code === "upstream_unreachable" || thrown.code === "upstream_incomplete";
  reached.isBroken ||= isBroken;
  return isBroken || reached.child.hasEnded() ? stopped(thrown) : thrown;
}

/** The promise's value, unless the signal comes first. What the promise stands for goes on: others wait for it, too. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

export function stopped(cause?: unknown): ApiError {
  return new ApiError(503, "api_error", say.engineStopped, {
    code: "engine_stopped",
    headers: { "retry-after": "1" },
    cause,
  });
}
