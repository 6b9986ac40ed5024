import { request } from "node:http";
import { connect, type Socket } from "node:net";

export interface RawRequest {
  readonly method?: string;
  /** With `/v1`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request on a connection of its own, with any method, headers and body that HTTP allows; `fetch` refuses many. */
export function send(
  url: string,
  { method = "POST", path = "", headers = {}, body }: RawRequest,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || headers["transfer-encoding"] !== undefined
        ? {}
        : { "content-length": String(Buffer.byteLength(body)) };
    const call = request(url, { method, path, headers: { ...length, ...headers }, agent: false }, async (response) => {
      const text = Buffer.concat(await Array.fromAsync(response)).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    call.on("error", reject);
    call.end(body);
  });
}

export function openSocket(url: string): Socket {
  const { port, hostname } = new URL(url);
  return connect(Number(port), hostname);
}

/** Sends bytes that need be no HTTP, and reads until the server closes the connection. */
export function sendBytes(url: string, bytes: string | Uint8Array): Promise<RawResponse> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = openSocket(url);
    socket.on("data", (part: Buffer) => parts.push(part));
    socket.on("error", () => undefined); // the server may hang up while we still write; "close" follows
    socket.on("close", () => resolve(parseResponse(Buffer.concat(parts).toString())));
    socket.write(bytes);
  });
}

export function parseResponse(text: string): RawResponse {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, Math.max(0, end)).split("\r\n");
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
  return {
    status: Number(statusLine.split(" ")[1] ?? 0),
    headers: Object.fromEntries(headers) as Record<string, string>,
    text: text.slice(end + 4),
  };
}
