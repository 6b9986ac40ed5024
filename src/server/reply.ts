import type { ServerResponse } from "node:http";
import type { ApiError } from "../api/error.ts";
import type { Receipt } from "../api/receipt.ts";

/** Says in a header what the translation had to change, before the answer is written. */
export function setReceipt(response: ServerResponse, receipt: Receipt): void {
  const text = receipt.text();
  if (text !== "") response.setHeader("x-omniport-translation", text);
}

/** Writes a whole answer. */
export function sendJson(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

/** Writes an error in OpenAI's shape. */
export function sendError(response: ServerResponse, error: ApiError): void {
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  sendJson(response, error.status, JSON.stringify(error));
}
