import { LRUCache } from "lru-cache";
import type { Dispatcher } from "undici";
import Pool from "undici/lib/dispatcher/pool.js";
import {
  type ApiError,
  proxyRefused,
  upstreamBroke,
  upstreamRedirected,
  upstreamTimeout,
  upstreamUnreachable,
  upstreamUnreadable,
  upstreamUntrusted,
} from "../api/error.ts";
import { createDispatcher, type Proxies } from "./dispatcher.ts";
import type { Upstream, UpstreamRequest, UpstreamResponse } from "./upstream.ts";

export interface HttpOptions {
  readonly connectTimeoutMs?: number;
  /** From the request's end to the answer's head; 0 waits for ever. Reasoning models answer after minutes. */
  readonly headersTimeoutMs?: number;
  /** Between two reads of a body; 0 waits for ever. */
  readonly idleTimeoutMs?: number;
  /** Every request goes to this unix socket or named pipe, whatever host its URL names. */
  readonly socketPath?: string;
  /** Not for `socketPath`, which needs none. */
  readonly proxies?: Proxies | undefined;
}

interface Silences {
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

/** Where a URL leads. */
interface Address {
  readonly origin: string;
  readonly host: string;
  /** With the query. */
  readonly path: string;
}

interface WayOut {
  readonly dispatcher: Dispatcher;
  /** By URL: a provider has a few of them, and most calls go to the same ones. */
  readonly addresses: LRUCache<string, Address>;
  readonly silences: Silences;
}

const MAX_ADDRESSES = 1_000;

/** So much may lie unread before the other side is told to wait. */
const HIGH_WATER_BYTES = 256 * 1024;

export function createHttp(options: HttpOptions = {}): Upstream {
  const {
    connectTimeoutMs = 10_000,
    headersTimeoutMs = 600_000,
    idleTimeoutMs = 300_000,
    socketPath,
    proxies,
  } = options;
  const silences: Silences = { headersTimeout: headersTimeoutMs, bodyTimeout: idleTimeoutMs };
  const dispatcher: Dispatcher =
    socketPath === undefined
      ? createDispatcher({ connectTimeoutMs, proxies })
      : new Pool("http://localhost", { connectTimeout: connectTimeoutMs, keepAliveTimeout: 30_000, socketPath });

  const addresses: WayOut["addresses"] = new LRUCache({ max: MAX_ADDRESSES, memoMethod: addressOf });
  const wayOut: WayOut = { dispatcher, addresses, silences };

  return {
    async send(request, signal) {
      const response = await send(wayOut, request, signal);
      return isAcceptable(response) ? response : refused(response, request);
    },
    close: () => dispatcher.destroy(),
  };
}

function send(
  { dispatcher, addresses, silences: { headersTimeout, bodyTimeout } }: WayOut,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  const { origin, host, path } = addresses.memo(request.url);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const exchange = new Exchange(host, signal, resolve, reject);
    const { method, headers, body = null } = request;
    const { silenceMs, headersMs = silenceMs, idleMs = silenceMs } = request;
    const limits: Silences = { headersTimeout: headersMs ?? headersTimeout, bodyTimeout: idleMs ?? bodyTimeout };
    dispatcher.dispatch({ origin, path, method, headers, body, ...limits }, exchange);
  });
}

function addressOf(url: string): Address {
  const { origin, host, pathname, search } = new URL(url);
  return { origin, host, path: pathname + search };
}

/**
 * What must not be taken: a redirect would hand the key to somebody else. We ask for no compression, and what comes
 * compressed all the same is not unpacked: a few bytes could become as many as fill the memory.
 */
function isAcceptable({ status, headers }: UpstreamResponse): boolean {
  return !isRedirect(status) && (headers["content-encoding"] ?? "identity") === "identity";
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** What is left of an answer that must not be taken: of a refusal the status is enough. */
async function refused(response: UpstreamResponse, { url }: UpstreamRequest): Promise<UpstreamResponse> {
  const { status, headers, body } = response;
  await body[Symbol.asyncIterator]().return?.();
  if (isRedirect(status)) throw upstreamRedirected(url, status, headers["location"]);
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
    if (this.#ended) return; // the rest of a proxy's refusal
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
    const code = codeOf(error);
    const refused = /^Proxy\D+\((\d+)\)/.exec(error.message)?.[1];
    if (refused !== undefined) return proxyRefused(this.#host, refused, error);
    if (NOT_TRUSTED.test(code)) return upstreamUntrusted(this.#host, code, error);
    switch (code) {
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

/** Certificates that lead to no authority that is known, and those that are not, or no longer, this host's. */
const NOT_TRUSTED = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_|INVALID_CA|HOSTNAME_MISMATCH)/;

/** Of the innermost cause, where errors are wrapped: `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`. */
function codeOf(error: Error): string {
  if (error.cause instanceof Error) return codeOf(error.cause);
  return "code" in error ? String(error.code) : "";
}

function flatten(headers: Record<string, unknown>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value === "string") flat[name] = value;
    else if (Array.isArray(value)) flat[name] = value.join(", ");
  }
  return flat;
}
