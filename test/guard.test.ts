import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthenticationError } from "openai";
import { openaiClient, startFronted } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";
import { type RawResponse, send } from "./raw-http.ts";

type Headers = Readonly<Record<string, string>>;

function get(server: TestServer, headers: Headers, path = "/v1/models", method = "GET"): Promise<RawResponse> {
  return send(server.url, { method, path, headers });
}

function code({ text }: RawResponse): unknown {
  return (JSON.parse(text) as { error?: { code?: unknown } }).error?.code;
}

const KEYS = { OMNIPORT_API_KEY: "key-one, key-two" };

test("names of this machine, addresses and names without a dot are answered", async () => {
  await using server = await startOmniport();
  for (const host of ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "app.localhost", "10.1.2.3", "nas"]) {
    assert.equal((await get(server, { host })).status, 200, host);
  }
});

test("a name that a stranger can make lead here is refused, whatever is asked", async () => {
  await using server = await startOmniport();
  for (const host of [
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "a.b.",
  ]) {
    for (const path of ["/v1/models", "/health", "/v1/chat/completions"]) {
      const response = await get(server, { host }, path);
      assert.equal(response.status, 403, host);
      assert.equal(code(response), "host_not_allowed");
    }
  }
});

test("where clients need a key any name is answered: a stranger's page has none", async () => {
  await using server = await startOmniport(KEYS);
  const response = await get(server, { host: "ai.example.com", authorization: "Bearer key-one" });
  assert.equal(response.status, 200);
});

test("further names are those of allowed_hosts", async () => {
  await using server = await startOmniport({}, "server: { allowed_hosts: [AI.example.com] }");
  assert.equal((await get(server, { host: "ai.Example.com:8000" })).status, 200);
  assert.equal((await get(server, { host: "sub.ai.example.com" })).status, 403);
});

test("pages of this machine may call", async () => {
  await using server = await startOmniport();
  for (const origin of ["http://localhost:3000", "http://127.0.0.1:5173", "https://app.localhost", "http://[::1]:1"]) {
    const response = await get(server, { origin });
    assert.equal(response.status, 200, origin);
    assert.equal(response.headers["access-control-allow-origin"], origin);
    assert.equal(response.headers["access-control-expose-headers"], "*");
    assert.equal(response.headers["vary"], "Origin");
  }
});

test("pages from elsewhere may not, and nothing is called for them", async () => {
  await using fronted = await startFronted();
  const origins = ["https://evil.example", "http://localhost.evil.example", "http://10.1.2.3", "null", "file://", "x"];
  const body = JSON.stringify({ model: "openai/gpt-4o", messages: [{ role: "user", content: "spend" }] });
  for (const origin of origins) {
    const headers = { origin, "content-type": "application/json" };
    const response = await send(fronted.server.url, { path: "/v1/chat/completions", headers, body });
    assert.equal(response.status, 403, origin);
    assert.equal(code(response), "origin_not_allowed");
    assert.equal(response.headers["access-control-allow-origin"], undefined);
  }
  assert.deepEqual(fronted.provider.calls, []);
});

test("the form of a page from elsewhere, which asks no leave, is refused twice", async () => {
  await using fronted = await startFronted();
  const body = JSON.stringify({ model: "openai/gpt-4o", messages: [{ role: "user", content: "spend" }] });
  for (const origin of [{ origin: "https://evil.example" }, {}]) {
    const headers = { ...origin, "content-type": "text/plain" };
    const { status } = await send(fronted.server.url, { path: "/v1/chat/completions", headers, body });
    assert.ok(status === 403 || status === 415, String(status));
  }
  assert.deepEqual(fronted.provider.calls, []);
});

test("a browser's question before the call is answered for pages that may call, and refused for others", async () => {
  await using server = await startOmniport();
  const asked = { "access-control-request-method": "POST", "access-control-request-headers": "authorization,x-new" };
  const preflight = (origin: string): Promise<RawResponse> =>
    get(server, { ...asked, origin }, "/v1/chat/completions", "OPTIONS");

  const allowed = await preflight("http://localhost:3000");
  assert.equal(allowed.status, 204);
  assert.equal(allowed.headers["access-control-allow-origin"], "http://localhost:3000");
  assert.equal(allowed.headers["access-control-allow-methods"], "GET, POST, DELETE, OPTIONS");
  assert.equal(allowed.headers["access-control-allow-headers"], "authorization,x-new");
  assert.equal((await preflight("https://evil.example")).status, 403);
});

test("cors_origins says which pages may call, and then no others", async () => {
  await using server = await startOmniport({}, "server: { cors_origins: ['https://app.example.com'] }");
  const allowed = await get(server, { origin: "https://app.example.com" });
  assert.equal(allowed.status, 200);
  assert.equal(allowed.headers["access-control-allow-origin"], "https://app.example.com");
  for (const origin of ["http://app.example.com", "https://app.example.com:444", "http://localhost:3000"]) {
    assert.equal((await get(server, { origin })).status, 403, origin);
  }
});

test("cors_origins may be all", async () => {
  await using server = await startOmniport({}, "server: { cors_origins: ['*'] }");
  const response = await get(server, { origin: "https://anything.example" });
  assert.equal(response.status, 200);
  assert.equal(response.headers["access-control-allow-origin"], "*");
});

test("where clients need a key a page from anywhere may ask, and gets nothing without one", async () => {
  await using server = await startOmniport(KEYS);
  const headers = { origin: "https://app.example.com" };
  assert.equal((await get(server, headers, "/v1/models", "OPTIONS")).status, 204);
  const refused = await get(server, headers);
  assert.equal(refused.status, 401);
  assert.equal(refused.headers["access-control-allow-origin"], "*", "the page must be able to read why");
  assert.equal((await get(server, { ...headers, authorization: "Bearer key-two" })).status, 200);
});

test("without OMNIPORT_API_KEY any key is accepted, and none", async () => {
  await using server = await startOmniport();
  for (const headers of [
    {},
    { authorization: "Bearer dummy-key" },
    { "x-api-key": "x" },
    { authorization: "Basic x" },
  ]) {
    assert.equal((await get(server, headers)).status, 200);
  }
});

test("each of several keys is accepted, in either header", async () => {
  await using server = await startOmniport(KEYS);
  for (const key of ["key-one", "key-two"]) {
    const accepted = [{ authorization: `Bearer ${key}` }, { authorization: `bearer  ${key} ` }, { "x-api-key": key }];
    for (const headers of accepted) assert.equal((await get(server, headers)).status, 200, JSON.stringify(headers));
  }
});

test("any other key is a 401 that does not repeat it", async () => {
  await using server = await startOmniport(KEYS);
  const wrong = ["", "key", "key-one,key-two", "key-one, key-two", "KEY-ONE", "key-one\u00e9", "x".repeat(5000)];
  const refused: Headers[] = wrong.flatMap((key) => [{ authorization: `Bearer ${key}` }, { "x-api-key": key }]);
  for (const headers of [{}, { authorization: "key-one" }, { authorization: "Basic key-one" }, ...refused]) {
    const response = await get(server, headers);
    assert.equal(response.status, 401, JSON.stringify(headers));
    assert.equal(code(response), "invalid_api_key");
    assert.ok(!response.text.includes("key-one"), response.text);
  }
});

test("the official client raises for a wrong key", async () => {
  await using server = await startOmniport(KEYS);
  await assert.rejects(async () => void (await openaiClient(server, "wrong").models.list()), AuthenticationError);
  assert.ok((await openaiClient(server, "key-one").models.list()).data.length > 0);
});

test("keys may stand in omniport.yaml", async () => {
  await using server = await startOmniport({}, "server: { api_keys: [from-the-file] }");
  assert.equal((await get(server, {})).status, 401);
  assert.equal((await get(server, { authorization: "Bearer from-the-file" })).status, 200);
});

test("health and readiness are told without a key", async () => {
  await using server = await startOmniport(KEYS);
  assert.deepEqual(JSON.parse((await get(server, {}, "/health")).text), { status: "ok" });
  assert.deepEqual(JSON.parse((await get(server, {}, "/ready")).text), { status: "ready" });
});

test("without a key an unknown path is not told from a known one", async () => {
  await using server = await startOmniport(KEYS);
  assert.equal((await get(server, {}, "/nowhere")).status, 401);
});
