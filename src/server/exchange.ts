import type { IncomingMessage, ServerResponse } from "node:http";
import type { Receipt } from "../api/receipt.ts";
import type { Trail } from "../api/trail.ts";
import type { RequestHeaders } from "../telemetry/record.ts";

/** One request and its response, while it is served. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** In the answer's `x-request-id` and in the call's record. */
  readonly requestId: string;
  /** What the call's translation had to change: goes into the answer's `x-omniport-translation`. */
  readonly receipt: Receipt;
  /** What was tried: goes into the answer's `x-omniport-attempts`. */
  readonly trail: Trail;
  /** The models of `x-omniport-fallbacks`. */
  readonly fallbacks: readonly string[];
  /** Tells clients apart that wait for their turn. */
  readonly client: string;
  readonly headers: RequestHeaders;
  /** Fires when the client hangs up, and when the server stops and can wait no longer. */
  readonly signal: AbortSignal;
  /** What follows the route's path, decoded: the id in `/v1/models/{id}`. */
  readonly rest: string;
}

export type Route = (exchange: Exchange) => Promise<void>;
