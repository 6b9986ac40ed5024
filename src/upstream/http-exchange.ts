import type { Dispatcher } from "undici";
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
import { type Each, Flow } from "./flow.ts";
import type { UpstreamResponse } from "./upstream.ts";

/** So much may lie unread before the other side is told to wait. */
const HIGH_WATER_BYTES = 256 * 1024;

/** So long, and so many bytes, the end of an answer may take that nobody reads any more. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 64 * 1024;

/** What was asked, and who waits for the answer. */
interface Asked {
  readonly url: string;
  /** For people. */
  readonly host: string;
  readonly signal: AbortSignal;
  readonly resolve: (response: UpstreamResponse) => void;
  readonly reject: (reason: unknown) => void;
}

/** Who reads the body. */
interface Reader {
  readonly each: Each<Buffer>;
  readonly resolve: (said?: "over") => void;
  readonly reject: (reason: unknown) => void;
  /** It has not taken yet what it was shown last. */
  isBusy: boolean;
}

/**
 * One request and its answer. A hand-written handler, because undici's own `request` wraps each body in a Readable,
 * which costs half as much again per call. Body chunks that arrive in one read of the socket come out as one Buffer.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #asked: Asked;
  #controller: Dispatcher.DispatchController | undefined;
  #started = false;
  #chunks: Buffer[] = [];
  #queuedBytes = 0;
  #ended = false;
  #failure: unknown;
  #reader: Reader | undefined;
  #isDue = false;
  #lingering: NodeJS.Timeout | undefined;

  constructor(asked: Asked) {
    this.#asked = asked;
    asked.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#asked.signal.reason;
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
    const head = { status, headers: flatten(headers) };
    const { resolve, reject } = this.#asked;
    if (isAcceptable(head)) return resolve({ ...head, body: new Flow((each) => this.#readTo(each)) });
    const failure = this.#unacceptable(head);
    if (failure) reject(failure);
    else resolve({ ...head, body: NOTHING });
    this.#hangUp();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return; // the rest of a proxy's refusal
    this.#queuedBytes += chunk.length;
    if (this.#lingering) {
      if (this.#queuedBytes > LINGER_BYTES) this.#hangUp();
      return;
    }
    this.#chunks.push(chunk);
    if (this.#queuedBytes > HIGH_WATER_BYTES) controller.pause();
    this.#tellSoon();
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(this.#asked.signal.aborted ? this.#asked.signal.reason : this.#explain(error));
  }

  #readTo(each: Each<Buffer>): Promise<void | "over"> {
    return new Promise((resolve, reject) => {
      this.#reader = { each, resolve, reject, isBusy: false };
      this.#tell();
    });
  }

  /** When all of one read of the socket has come. */
  #tellSoon(): void {
    if (this.#isDue || !this.#reader) return;
    this.#isDue = true;
    queueMicrotask(this.#tell);
  }

  readonly #tell = (): void => {
    this.#isDue = false;
    const reader = this.#reader;
    if (!reader || reader.isBusy) return;
    try {
      const taken = this.#chunks.length > 0 ? reader.each(this.#take()) : undefined;
      if (taken === "over") return this.#leave(reader);
      if (taken !== undefined) return this.#await(taken, reader);
    } catch (thrown) {
      return this.#refuse(thrown, reader);
    }
    if (!this.#ended) return;
    this.#reader = undefined;
    if (this.#failure === undefined) reader.resolve();
    else reader.reject(this.#failure);
  };

  #take(): Buffer {
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, this.#queuedBytes);
    this.#empty();
    return bytes;
  }

  #empty(): void {
    this.#chunks = [];
    this.#queuedBytes = 0;
    if (this.#controller?.paused) this.#controller.resume();
  }

  #await(taken: Promise<void | "over">, reader: Reader): void {
    reader.isBusy = true;
    const goOn = (said: void | "over"): void => {
      reader.isBusy = false;
      if (said === "over") this.#leave(reader);
      else this.#tell();
    };
    taken.then(goOn, (thrown: unknown) => this.#refuse(thrown, reader));
  }

  /**
   * The reader has had enough. Mostly it has read all but the end of the answer, as behind the `[DONE]` of a stream: once
   * that has come, the connection can serve the next call. Who wants to be gone at once aborts.
   */
  #leave(reader: Reader): void {
    this.#reader = undefined;
    this.#empty();
    if (!this.#ended) this.#lingering = setTimeout(() => this.#hangUp(), LINGER_MS).unref();
    reader.resolve("over");
  }

  #refuse(thrown: unknown, reader: Reader): void {
    this.#hangUp();
    reader.reject(thrown);
  }

  #hangUp(): void {
    this.#reader = undefined;
    this.#chunks = [];
    if (this.#ended) return;
    this.#finish();
    this.#controller?.abort(new Error("the reader left"));
  }

  #finish(): void {
    this.#ended = true;
    clearTimeout(this.#lingering);
    this.#asked.signal.removeEventListener("abort", this.#onAbort);
    this.#tellSoon();
  }

  #fail(reason: unknown): void {
    if (this.#ended) return;
    this.#failure = reason;
    this.#finish();
    if (!this.#started) this.#asked.reject(reason);
  }

  /** Of a refusal the status is enough. */
  #unacceptable({ status, headers }: Head): ApiError | undefined {
    const { url, host } = this.#asked;
    if (isRedirect(status)) return upstreamRedirected(url, status, headers["location"]);
    return status < 300 ? upstreamUnreadable(host) : undefined;
  }

  #explain(error: Error): ApiError {
    const { host } = this.#asked;
    const code = codeOf(error);
    const refused = /^Proxy\D+\((\d+)\)/.exec(error.message)?.[1];
    if (refused !== undefined) return proxyRefused(host, refused, error);
    if (NOT_TRUSTED.test(code)) return upstreamUntrusted(host, code, error);
    switch (code) {
      case "UND_ERR_CONNECT_TIMEOUT":
        return upstreamTimeout(host, "accept a connection", error);
      case "UND_ERR_HEADERS_TIMEOUT":
        return upstreamTimeout(host, "answer", error);
      case "UND_ERR_BODY_TIMEOUT":
        return upstreamTimeout(host, "go on with its answer", error);
      default:
        return this.#started ? upstreamBroke(host, error) : upstreamUnreachable(host, error);
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

type Head = Pick<UpstreamResponse, "status" | "headers">;

/**
 * What must not be taken: a redirect would hand the key to somebody else. We ask for no compression, and what comes
 * compressed all the same is not unpacked: a few bytes could become as many as fill the memory.
 */
function isAcceptable({ status, headers }: Head): boolean {
  return !isRedirect(status) && (headers["content-encoding"] ?? "identity") === "identity";
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

const NOTHING = new Flow<Buffer>(async () => undefined);
