import type { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import type { Dispatcher } from "undici";
import Pool from "undici/lib/dispatcher/pool.js";
import { createDispatcher, type Proxies } from "./dispatcher.ts";
import { Exchange } from "./http-exchange.ts";
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

/** Up to here, one copy costs less than more writes. */
const MAX_COPIED_BYTES = 64 * 1024;

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
    send: (request, signal) => send(wayOut, request, signal),
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
    const exchange = new Exchange({ url: request.url, host, signal, resolve, reject });
    const { method } = request;
    const { silenceMs, headersMs = silenceMs, idleMs = silenceMs } = request;
    const limits: Silences = { headersTimeout: headersMs ?? headersTimeout, bodyTimeout: idleMs ?? bodyTimeout };
    // When all that lay ready has been read: requests that go out one after the other wake the other side once.
    setImmediate(() => {
      if (signal.aborted) return;
      dispatcher.dispatch({ origin, path, method, ...limits, ...whatIsSaid(request) }, exchange);
    });
  });
}

/** A long body in parts is written part by part: put together it would be copied, for the collector to clear away. */
function whatIsSaid(request: UpstreamRequest): Pick<Dispatcher.DispatchOptions, "headers" | "body"> {
  const { headers, body = null } = request;
  if (body === null || typeof body === "string" || Buffer.isBuffer(body)) return { headers, body };
  const bytes = body.reduce((sum, part) => sum + part.length, 0);
  if (bytes <= MAX_COPIED_BYTES) return { headers, body: Buffer.concat(body, bytes) };
  const iterable = body as unknown as Readable; // undici's types do not say that it takes any iterable
  return { headers: { ...headers, "content-length": String(bytes) }, body: iterable };
}

function addressOf(url: string): Address {
  const { origin, host, pathname, search } = new URL(url);
  return { origin, host, path: pathname + search };
}
