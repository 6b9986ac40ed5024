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

/** Up to here, to write one string costs less than to write a string and bytes. */
const SHORT_BYTES = 4096;

/** Writes a whole answer. */
export function sendJson(response: ServerResponse, status: number, text: string | Buffer): void {
  const body = typeof text === "string" ? Buffer.from(text) : text;
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  // In Latin-1 each byte is a character. Node puts a string behind the head's text: they go out as one, in one write.
  if (body.length <= SHORT_BYTES) response.end(body.toString("latin1"), "latin1");
  else response.end(body);
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
