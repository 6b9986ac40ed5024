import type { ServerResponse } from "node:http";
import type { ApiError } from "../api/error.ts";
import type { Trail } from "../api/trail.ts";
import { errorText } from "./error-text.ts";
import type { Exchange } from "./exchange.ts";

/** Says in headers what the translation had to change and who was asked, before the answer is written. */
export function setNotes({ response, receipt, trail }: Exchange): void {
  const changed = receipt.text();
  if (changed !== "") response.setHeader("x-omniport-translation", changed);
  const tried = trail.text();
  if (tried !== "") response.setHeader("x-omniport-attempts", tried);
}

/** Up to here, to write bytes as a string costs less than to write them by themselves. */
const SHORT_BYTES = 4096;

/**
 * Writes a whole answer. Node puts a string behind the head's text: they go out in one write, and as a stream's events do,
 * when all that lay ready has been read.
 */
export function sendJson(response: ServerResponse, status: number, body: string | Buffer): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": length });
  setImmediate(() => {
    if (typeof body === "string") response.end(body);
    else if (length <= SHORT_BYTES) response.end(body.toString("latin1"), "latin1"); // each byte is a character
    else response.end(body);
  });
}

/** Writes an error in OpenAI's shape and the client's language, and in a header what was tried before it came to that. */
export function sendError(response: ServerResponse, error: ApiError, trail?: Trail): void {
  const tried = trail?.text() ?? "";
  if (tried !== "") response.setHeader("x-omniport-attempts", tried);
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  const { text, languages } = errorText(error, response.req);
  response.appendHeader("vary", "Accept-Language");
  if (languages !== undefined) response.setHeader("content-language", languages);
  sendJson(response, error.status, text);
}
