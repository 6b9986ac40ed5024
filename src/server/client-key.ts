import type { IncomingMessage } from "node:http";

/** The key that a client sends: `Authorization: Bearer …`, or `x-api-key`. */
export function keyOf({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  const plain = headers["x-api-key"];
  return bearer ?? (typeof plain === "string" ? plain : undefined);
}
