/*
 * A mock upstream that speaks OpenAI's and Anthropic's wire, as cheaply as may be: every answer is made once, at the
 * start. It prints its port; `POST /pace?ms=5` sets the time between two chunks of a stream, and `POST /length?times=10`
 * how many times as long OpenAI's streams are.
 *
 * It refuses what no gateway may send (no key, a model that still has its prefix), so that nobody wins by doing nothing.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { completion, completionChunks, done, embedding, message, messageEvents, usageChunk } from "./answers.ts";

let paceMs = 0;
let times = 1;

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { url = "", headers } = request;
  if (url.startsWith("/pace")) {
    paceMs = Number(new URLSearchParams(url.split("?")[1]).get("ms"));
    return void response.end();
  }
  if (url.startsWith("/length")) {
    times = Number(new URLSearchParams(url.split("?")[1]).get("times"));
    return void response.end();
  }
  if (headers.authorization === undefined && headers["x-api-key"] === undefined) return refuse(response, "no key");
  if (
    /"model":\s*"[^"]*\//.test(body.toString("latin1", 0, 200)) ||
    /"model":\s*"[^"]*\//.test(body.toString("latin1", body.length - 200))
  ) {
    return refuse(response, "the model still has its prefix");
  }
  const isStream = /"stream":\s*true/.test(
    body.length > 4096 ? body.toString("latin1", body.length - 400) : body.toString(),
  );
  if (url.endsWith("/embeddings")) whole(response, embedding);
  else if (url.endsWith("/messages")) {
    if (isStream) stream(response, messageEvents);
    else whole(response, message);
  } else if (!isStream) whole(response, completion);
  else stream(response, [...chunks(), ...(body.includes('"include_usage":true') ? [usageChunk] : []), done]);
}

function chunks(): readonly Buffer[] {
  const [first, ...others] = completionChunks;
  const [pieces, last] = [others.slice(0, -1), others.slice(-1)];
  return [...(first ? [first] : []), ...Array.from({ length: times }, () => pieces).flat(), ...last];
}

function refuse(response: ServerResponse, why: string): void {
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message: why, type: "invalid_request_error", param: null, code: null } }));
}

function whole(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function stream(response: ServerResponse, events: readonly Buffer[]): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  let next = 0;
  const send = (): void => {
    if (response.destroyed) return;
    const one = events[next++];
    if (!one) return void response.end();
    response.write(one);
    if (paceMs > 0) setTimeout(send, paceMs);
    else setImmediate(send);
  };
  send();
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => answer(request, response, Buffer.concat(parts)));
});
server.listen(0, "127.0.0.1", () => process.stdout.write(String((server.address() as AddressInfo).port)));
