/** What a request says, whole or in parts that are sent one after the other. */
export type Body = string | Buffer | readonly Buffer[];

/** One HTTP request on its way out. */
export interface UpstreamRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** How long the other side may be silent, before its answer and within it; 0 waits for ever. Else the upstream's own limits. */
  readonly silenceMs?: number;
  /** The same for the time before the answer's head alone; it counts before `silenceMs`. */
  readonly headersMs?: number;
  /** The same for each silence within the answer. */
  readonly idleMs?: number;
}

export interface UpstreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * One value a read. Who leaves the iteration lets a short rest come in, and hangs up if there is more. Throws an ApiError
   * when the other side breaks off.
   */
  readonly body: AsyncIterable<Buffer>;
}

/** HTTP out: connections are kept and shared by all calls that use it. */
export interface Upstream {
  /**
   * Resolves with the answer's head; its body is still to be read.
   * @throws ApiError 502 when the server cannot be reached, 504 when it is silent for too long; the signal's reason when aborted.
   */
  send(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamResponse>;
  close(): Promise<void>;
}
