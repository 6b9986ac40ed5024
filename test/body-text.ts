import type { Body } from "../src/upstream/upstream.ts";

/** What a request says, whether it comes whole or in parts. */
export function bodyText(body: Body = ""): string {
  return typeof body === "string" || Buffer.isBuffer(body) ? String(body) : String(Buffer.concat(body));
}
