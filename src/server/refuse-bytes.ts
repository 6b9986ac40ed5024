import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { ApiError, invalidRequest } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { errorText } from "./error-text.ts";
import { newRequestId } from "./request-id.ts";

/** What Node tells of bytes that it could not read. */
interface ByteError extends NodeJS.ErrnoException {
  /** What has come, where it was looked at. */
  readonly rawPacket?: Buffer;
}

/** What is no HTTP, or comes too slowly, is answered in OpenAI's shape too, as far as there is somebody to answer. */
export function refuseBytes({ code = "", rawPacket }: ByteError, socket: Duplex): void {
  sendBytes(socket, BYTE_ERRORS[code]?.() ?? invalidRequest(say.notHttp), headersIn(rawPacket));
}

/** `CONNECT`, which has no response of Node's. */
export function refuseTunnel({ url = "", headers }: IncomingMessage, socket: Duplex): void {
  const message = say.noProxy(url.slice(0, 200));
  sendBytes(socket, new ApiError(405, "invalid_request_error", message, { code: "method_not_allowed" }), headers);
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

/** No more of it than headers may have. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The client's language, out of bytes that are no HTTP as a whole. */
function headersIn(packet: Buffer | undefined): IncomingHttpHeaders {
  const text = packet?.toString("latin1", 0, MAX_HEADER_BYTES) ?? "";
  const language = /\r?\naccept-language:[ \t]*([^\r\n]*)/i.exec(text)?.[1];
  return language === undefined ? {} : { "accept-language": language };
}

function sendBytes(socket: Duplex, error: ApiError, headers: IncomingHttpHeaders): void {
  if (!socket.writable) return void socket.destroy();
  const { text, languages } = errorText(error, { headers });
  const head = [
    `HTTP/1.1 ${error.status} ${REASONS[error.status] ?? "Bad Request"}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(text)}`,
    ...(languages === undefined ? [] : [`content-language: ${languages}`]),
    `x-request-id: ${newRequestId()}`,
    ...(error.status === 405 ? ["allow: GET, POST, DELETE, OPTIONS"] : []),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}
