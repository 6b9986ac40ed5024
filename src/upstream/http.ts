import { Agent, type Dispatcher, Pool } from "undici";
import {
  type ApiError,
  upstreamBroke,
  upstreamTimeout,
  upstreamUnreachable,
  upstreamUnreadable,
} from "../api/error.ts";
import type { Upstream, UpstreamRequest, UpstreamResponse } from "./upstream.ts";

export interface HttpOptions {
  readonly connectTimeoutMs?: number;
  /** From the request's end to the answer's head; 0 waits for ever. Reasoning models answer after minutes. */
  readonly headersTimeoutMs?: number;
  /** Between two reads of a body; 0 waits for ever. */
  readonly idleTimeoutMs?: number;
  /** Every request goes to this unix socket or named pipe, whatever host its URL names. */
  readonly socketPath?: string;
}

/** So much may lie unread before the other side is told to wait. */
const HIGH_WATER_BYTES = 256 * 1024;

export function createHttp(options: HttpOptions = {}): Upstream {
  const settings = {
    connect: { timeout: options.connectTimeoutMs ?? 10_000 },
    headersTimeout: options.headersTimeoutMs ?? 600_000,
    bodyTimeout: options.idleTimeoutMs ?? 300_000,
    keepAliveTimeout: 30_000,
  };
  const dispatcher: Dispatcher =
    options.socketPath === undefined
      ? new Agent(settings)
      : new Pool("http://localhost", { ...settings, socketPath: options.socketPath });

  return {
    send: async (request, signal) => uncompressed(await send(dispatcher, request, signal), request),
    close: () => dispatcher.destroy(),
  };
}

function send(dispatcher: Dispatcher, request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResponse> {
  const { origin, host, pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const exchange = new Exchange(host, signal, resolve, reject);
    const { method, headers, body = null } = request;
    const { silenceMs, headersMs = silenceMs, idleMs = silenceMs } = request;
    const limits = {
      ...(headersMs !== undefined && { headersTimeout: headersMs }),
      ...(idleMs !== undefined && { bodyTimeout: idleMs }),
    };
    dispatcher.dispatch({ origin, path: pathname + search, method, headers, body, ...limits }, exchange);
  });
}

/**
 * We ask for no compression. What comes compressed all the same is not unpacked: a few bytes could become as many as fill
 * the memory. Of a refusal the status is enough.
 */
async function uncompressed(response: UpstreamResponse, { url }: UpstreamRequest): Promise<UpstreamResponse> {
  const { status, headers, body } = response;
  if ((headers["content-encoding"] ?? "identity") === "identity") return response;
  await body[Symbol.asyncIterator]().return?.();
  if (status < 300) throw upstreamUnreadable(new URL(url).host);
  return { status, headers, body: nothing() };
}

async function* nothing(): AsyncGenerator<Buffer> {}

/**
 * One request and its answer. A hand-written handler, because undici's own `request` wraps each body in a Readable,
 * which costs half as much again per call. Body chunks that arrive in one read of the socket come out as one Buffer.
 */
class Exchange implements Dispatcher.DispatchHandler, AsyncIterableIterator<Buffer> {
  readonly #host: string;
  readonly #signal: AbortSignal;
  readonly #resolve: (response: UpstreamResponse) => void;
  readonly #reject: (reason: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #started = false;
  #chunks: Buffer[] = [];
  #queuedBytes = 0;
  #ended = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(
    host: string,
    signal: AbortSignal,
    resolve: (response: UpstreamResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#host = host;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#signal.reason;
    this.#fail(reason);
    this.#controller?.abort(reason instanceof Error ? reason : new Error("aborted", { cause: reason }));
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Error("aborted before it was sent"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    if (status < 200 || this.#ended) return;
    this.#started = true;
    this.#resolve({ status, headers: flatten(headers), body: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes > HIGH_WATER_BYTES) controller.pause();
    this.#wakeReader();
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(this.#signal.aborted ? this.#signal.reason : this.#explain(error));
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    while (this.#chunks.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const [only] = this.#chunks;
    const value = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, this.#queuedBytes);
    this.#chunks = [];
    this.#queuedBytes = 0;
    if (this.#controller?.paused) this.#controller.resume();
    return { done: false, value };
  }

  /** The reader has had enough: hang up. */
  async return(): Promise<IteratorResult<Buffer, undefined>> {
    if (!this.#ended) {
      this.#finish();
      this.#controller?.abort(new Error("the reader left"));
    }
    this.#chunks = [];
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(): void {
    this.#ended = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#wakeReader();
  }

  #fail(reason: unknown): void {
    if (this.#ended) return;
    this.#failure = reason;
    this.#finish();
    if (!this.#started) this.#reject(reason);
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #explain(error: Error): ApiError {
    switch ("code" in error ? error.code : undefined) {
      case "UND_ERR_CONNECT_TIMEOUT":
        return upstreamTimeout(this.#host, "accept a connection", error);
      case "UND_ERR_HEADERS_TIMEOUT":
        return upstreamTimeout(this.#host, "answer", error);
      case "UND_ERR_BODY_TIMEOUT":
        return upstreamTimeout(this.#host, "go on with its answer", error);
      default:
        return this.#started ? upstreamBroke(this.#host, error) : upstreamUnreachable(this.#host, error);
    }
  }
}

function flatten(headers: Record<string, unknown>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") flat[name] = value;
    else if (Array.isArray(value)) flat[name] = value.join(", ");
  }
  return flat;
}
