import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The client's own id where it sent a sensible one, so that both sides' logs can be joined. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : newRequestId();
}

export function newRequestId(): string {
  return `req_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
