import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The client's own id where it sent a sensible one, so that both sides' logs can be joined. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : newRequestId();
}

export function newRequestId(): string {
  const id = randomUUID();
  return `req_${id.slice(0, 8)}${id.slice(9, 13)}${id.slice(24)}`; // the digits of a UUID that are all random
}
