import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { createAccess } from "../src/access/keys.ts";
import { modelNotFound } from "../src/api/error.ts";
import type { Gateway } from "../src/gateway/gateway.ts";
import { createGuard } from "../src/server/guard.ts";
import { type ApiServer, createApiServer } from "../src/server/server.ts";
import { createLog } from "../src/telemetry/log.ts";
import { events, startEvents } from "./fakes/openai.ts";
import { type Fronted, post, startFronted } from "./fronted.ts";
import { openSocket, parseResponse, send, sendBytes } from "./raw-http.ts";

const all = events("gpt-4o", "one two");
const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }], stream: true });

interface RunningStream extends AsyncDisposable {
  readonly fronted: Fronted;
  /** The provider's side: it has begun, and ends when it is told. */
  readonly provider: ServerResponse;
  readonly client: Response;
}

/** A stream of which the client has the beginning. */
async function begin(shutdownTimeoutS: number): Promise<RunningStream> {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const fronted = await startFronted({
    answer: (_, response) => startEvents(response).write(all.slice(0, 2).join(""), () => resolve(response)),
    environment: { SHUTDOWN_TIMEOUT: String(shutdownTimeoutS) },
  });
  const client = await post(`${fronted.server.api}/chat/completions`, body);
  const close = async (): Promise<void> => fronted[Symbol.asyncDispose]();
  return { fronted, provider: await promise, client, [Symbol.asyncDispose]: close };
}

test("a running stream may end after the server was asked to stop, and then the server is closed at once", async () => {
  await using running = await begin(60);
  const { fronted, provider, client } = running;
  const startedAt = performance.now();
  const closed = fronted.server.close();
  provider.end(all.slice(2).join(""));
  assert.equal(await client.text(), all.join(""));
  await closed;
  assert.ok(performance.now() - startedAt < 10_000, "the client keeps its connection, which must not keep the server");
});

test("a stream that outlives SHUTDOWN_TIMEOUT ends with an error event, and its provider's call ends too", async () => {
  await using running = await begin(1);
  const { fronted, provider, client } = running;
  const providerClosed = once(provider, "close");
  const closed = fronted.server.close();
  const [first, second, last, rest] = (await client.text()).split("\n\n");
  assert.equal(`${first}\n\n${second}\n\n`, all.slice(0, 2).join(""));
  const { error } = JSON.parse(last?.replace("data: ", "") ?? "") as { error: { code: string; type: string } };
  assert.deepEqual([error.type, error.code], ["api_error", "server_stopping"]);
  assert.equal(rest, "");
  await providerClosed;
  await closed;
});

test("a call that has no answer yet by then is a 503 that may be tried again", async () => {
  await using fronted = await startFronted({ answer: () => undefined, environment: { SHUTDOWN_TIMEOUT: "1" } });
  const call = fronted.provider.nextCall();
  const response = post(`${fronted.server.api}/chat/completions`, body);
  const { closed: providerClosed } = await call;
  const closed = fronted.server.close();
  const { status, headers } = await response;
  assert.deepEqual([status, headers.get("retry-after")], [503, "1"]);
  await providerClosed;
  await closed;
});

test("a server that stops refuses new connections, and says on old ones that it is not ready", async () => {
  await using running = await begin(60);
  const { fronted, provider, client } = running;
  const { url } = fronted.server;
  const old = openSocket(url);
  await new Promise((resolve) => old.write("GET /ready HTTP/1.1\r\nhost: localhost\r\n", resolve));
  assert.equal((await send(url, { method: "GET", path: "/ready" })).status, 200);

  const closed = fronted.server.close();
  await assert.rejects(send(url, { method: "GET", path: "/ready" }), { code: "ECONNREFUSED" });
  old.write("\r\n");
  const answer = parseResponse(Buffer.concat(await Array.fromAsync(old)).toString());
  assert.equal(answer.status, 503);
  assert.equal(answer.text, '{"status":"stopping"}');
  assert.equal(answer.headers["connection"], "close");

  provider.end(all.slice(2).join(""));
  await client.text();
  await closed;
});

test("close may be asked for twice", async () => {
  await using fronted = await startFronted();
  await Promise.all([fronted.server.close(), fronted.server.close()]);
});

/** A server that cuts off slow senders soon, and has no models. */
async function startImpatient(): Promise<ApiServer> {
  const refuse = (): never => {
    throw modelNotFound("x");
  };
  const gateway: Gateway = {
    chat: async () => refuse(),
    chatStream: async () => refuse(),
    embed: async () => refuse(),
    rerank: async () => refuse(),
    models: async () => [],
    model: async () => refuse(),
    waitsFor: () => undefined,
    stored: { pull: refuse, load: refuse, unload: refuse, remove: refuse },
    health: () => ({ targets: [], keys: [], limits: [] }),
  };
  const server = createApiServer({
    gateway,
    access: createAccess([]),
    guard: createGuard({ needsKey: false, allowedHosts: [], corsOrigins: undefined }),
    log: await createLog("silent", false),
    dropParams: false,
    maxBodyBytes: 1024,
    maxConnections: 3,
    keepAliveMs: 0,
    timeouts: { headersMs: 100, requestMs: 200, checkEveryMs: 20 },
  });
  await server.listen({ port: 0, host: "127.0.0.1" });
  return server;
}

for (const [what, bytes] of [
  ["headers", "GET /health HTTP/1.1\r\nhost: x\r\n"],
  ["body", "POST /v1/embeddings HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"],
] as const) {
  test(`a sender whose ${what} never end is cut off with a 408`, async () => {
    const server = await startImpatient();
    const { status, headers, text } = await sendBytes(server.url, bytes);
    assert.equal(status, 408);
    assert.match(String(headers["x-request-id"]), /^req_/);
    assert.match(text, /"message":"The request did not arrive in time\."/);
    await server.close(0);
  });
}

test("a client that opens a connection and says nothing is cut off", async () => {
  const server = await startImpatient();
  await sendBytes(server.url, "");
  await server.close(0);
});

test("connections over the limit are closed, and those below it served", async () => {
  const server = await startImpatient();
  const held = [openSocket(server.url), openSocket(server.url), openSocket(server.url)];
  await Promise.all(held.map((socket) => once(socket, "connect")));
  await assert.rejects(send(server.url, { method: "GET", path: "/health" }), { code: "ECONNRESET" });
  const [first] = held;
  first?.write("GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  assert.match(Buffer.concat(await Array.fromAsync(first ?? [])).toString(), /^HTTP\/1\.1 200 OK/);
  for (const socket of held) socket.destroy();
  await server.close(0);
});
