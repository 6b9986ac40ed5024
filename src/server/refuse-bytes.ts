import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { ApiError, invalidRequest } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { newRequestId } from "./request-id.ts";

/** What is no HTTP, or comes too slowly, is answered in OpenAI's shape too, as far as there is somebody to answer. */
export function refuseBytes({ code = "" }: NodeJS.ErrnoException, socket: Duplex): void {
  sendBytes(socket, BYTE_ERRORS[code]?.() ?? invalidRequest(say.notHttp));
}

/** `CONNECT`, which has no response of Node's. */
export function refuseTunnel({ url = "" }: IncomingMessage, socket: Duplex): void {
  const message = say.noProxy(url.slice(0, 200));
  sendBytes(socket, new ApiError(405, "invalid_request_error", message, { code: "method_not_allowed" }));
}

const BYTE_ERRORS: Readonly<Record<string, () => ApiError>> = {
  HPE_HEADER_OVERFLOW: () => new ApiError(431, "invalid_request_error", say.headersTooLarge),
  ERR_HTTP_REQUEST_TIMEOUT: () => new ApiError(408, "invalid_request_error", say.requestTooSlow),
};

const REASONS: Readonly<Record<number, string>> = {
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

function sendBytes(socket: Duplex, error: ApiError): void {
  if (!socket.writable) return void socket.destroy();
  const body = JSON.stringify(error);
  const head = [
    `HTTP/1.1 ${error.status} ${REASONS[error.status] ?? "Bad Request"}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${newRequestId()}`,
    ...(error.status === 405 ? ["allow: GET, POST, DELETE, OPTIONS"] : []),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
