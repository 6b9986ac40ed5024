import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../src/config.ts";
import { parseReference } from "../src/engine/reference.ts";
import { createLocalHub } from "../src/local-engine.ts";
import { startFakeHub } from "./fakes/hub.ts";
import { type Answer, completion, sendJson, startEvents, startFakeProvider } from "./fakes/openai.ts";
import { startFakeProxy } from "./fakes/proxy.ts";
import { post, PROVIDER_KEY } from "./fronted.ts";
import { startOmniport } from "./omniport.ts";
import { startProgram } from "./program.ts";

/*
 * The way to the providers: through proxies, to servers that TLS vouches for, and to nobody else with the key.
 */

const NAMED = "http://provider.test/v1";
const KEY = { OPENAI_API_KEY: PROVIDER_KEY };

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly error?: { readonly message: string; readonly code: string };
}

async function ask(api: string, stream = false): Promise<Heard> {
  const body = { model: "openai/gpt-4o", messages: [{ role: "user", content: "hi there" }], stream };
  const response = await post(`${api}/chat/completions`, JSON.stringify(body));
  const text = await response.text();
  return { status: response.status, text, ...(response.ok ? {} : (JSON.parse(text) as object)) };
}

test("HTTP_PROXY: calls go through the proxy, streams too and side by side", async () => {
  const both = Promise.withResolvers<void>();
  let streams = 0;
  await using provider = await startFakeProvider(async ({ body }, response) => {
    if (!body.stream) return sendJson(response, completion("m", "yes"));
    if (++streams === 2) both.resolve();
    startEvents(response).write(": both must have begun\n\n");
    await both.promise;
    return response.end('data: {"choices":[{"index":0,"delta":{"content":"yes"},"finish_reason":"stop"}]}\n\n');
  });
  await using proxy = await startFakeProxy(new URL(provider.url).origin);
  await using server = await startOmniport({ ...KEY, OPENAI_BASE_URL: NAMED, HTTP_PROXY: proxy.url });
  assert.equal((await ask(server.api)).status, 200);
  const heard = await Promise.all([ask(server.api, true), ask(server.api, true)]);
  for (const { text } of heard) assert.match(text, /"content":"yes"[^]*data: \[DONE\]\n\n$/);
  assert.deepEqual(
    new Set(proxy.requests.map(({ line }) => line)),
    new Set(["POST http://provider.test/v1/chat/completions"]),
  );
  assert.equal(provider.calls[0]?.headers.authorization, `Bearer ${PROVIDER_KEY}`);
});

test("a proxy's own password goes to the proxy alone", async () => {
  await using provider = await startFakeProvider();
  await using proxy = await startFakeProxy(new URL(provider.url).origin, "me:hush");
  const withPassword = proxy.url.replace("//", "//me:hush@");
  await using server = await startOmniport({ ...KEY, OPENAI_BASE_URL: NAMED, http_proxy: withPassword });
  assert.equal((await ask(server.api)).status, 200);
  assert.doesNotMatch(JSON.stringify(provider.calls[0]?.headers), /proxy|hush|bWU6aHVzaA/i);
});

for (const base of [NAMED, "https://provider.test/v1"]) {
  test(`a proxy that refuses the way to ${base} is a 502 that says so, without its password`, async () => {
    await using provider = await startFakeProvider();
    await using proxy = await startFakeProxy(new URL(provider.url).origin, "me:right");
    const wrong = proxy.url.replace("//", "//me:hush@");
    await using server = await startOmniport({ ...KEY, OPENAI_BASE_URL: base, HTTPS_PROXY: wrong, HTTP_PROXY: wrong });
    const { status, error } = await ask(server.api);
    assert.deepEqual([status, error?.code], [502, "proxy_refused"]);
    assert.match(error?.message ?? "", /^The proxy refused the way to provider\.test \(status 407\)\./);
    assert.equal(proxy.requests.length, 1, "nobody asks again");
  });
}

test("NO_PROXY, and this machine, are called directly", async () => {
  await using provider = await startFakeProvider();
  const nowhere = "http://127.0.0.1:1";
  for (const environment of [
    { HTTP_PROXY: nowhere },
    { HTTP_PROXY: nowhere, OPENAI_BASE_URL: provider.url.replace("127.0.0.1", "localhost") },
    { HTTP_PROXY: nowhere, NO_PROXY: "example.com, *" },
  ]) {
    await using server = await startOmniport({ ...KEY, OPENAI_BASE_URL: provider.url, ...environment });
    assert.equal((await ask(server.api)).status, 200, JSON.stringify(environment));
  }
});

test("small letters count before capitals, and a proxy needs no scheme", async () => {
  await using provider = await startFakeProvider();
  await using proxy = await startFakeProxy(new URL(provider.url).origin);
  const http_proxy = proxy.url.replace("http://", "");
  await using server = await startOmniport({
    ...KEY,
    OPENAI_BASE_URL: NAMED,
    HTTP_PROXY: "http://127.0.0.1:1",
    http_proxy,
    NO_PROXY: "*",
    no_proxy: "other.test",
  });
  assert.equal((await ask(server.api)).status, 200);
});

test("a proxy that is no address stops the start, and is not shown", async () => {
  for (const proxy of ["socks5://me:hush@proxy.test", "http://", "ftp://hush", ":hush"]) {
    await assert.rejects(startOmniport({ HTTPS_PROXY: proxy }), ({ message }: Error) => {
      assert.match(message, /^HTTPS_PROXY: it is no address of a proxy; write one such as http:/);
      return !message.includes("hush");
    });
  }
});

test("models are downloaded through the proxy, too", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-network-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "remote/me/chat"), { recursive: true });
  await writeFile(join(folder, "remote/me/chat/chat-Q8_0.gguf"), "weights");
  const hub = await startFakeHub(join(folder, "remote"));
  t.after(() => hub.close());
  await using proxy = await startFakeProxy(hub.url);
  const environment = { HOME: folder, HF_ENDPOINT: "http://hub.test", HTTP_PROXY: proxy.url };
  const config = await loadConfig({ environment, directory: folder, providers: [] });
  const local = await createLocalHub(config, { onProgress: () => undefined, onNotice: () => undefined });
  const { files } = await local.snapshot(parseReference("me/chat"), "chat", new AbortController().signal);
  assert.deepEqual([...files], ["chat-Q8_0.gguf"]);
  assert.match(proxy.requests[0]?.line ?? "", /^GET http:\/\/hub\.test\/api\/models\/me\/chat/);
});

const TLS = new URL("fixtures/tls/", import.meta.url);
const AUTHORITY = fileURLToPath(new URL("authority.pem", TLS));

/** A provider that speaks TLS, as `provider.test`. */
async function startTlsProvider(): Promise<{ readonly server: Server; readonly keys: (string | undefined)[] }> {
  const [key, cert] = await Promise.all(["server.key", "server.pem"].map((name) => readFile(new URL(name, TLS))));
  const keys: (string | undefined)[] = [];
  const server = createServer({ key: key ?? "", cert: cert ?? "" }, (request, response) => {
    keys.push(request.headers.authorization);
    sendJson(response, completion("gpt-4o", "yes"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, keys };
}

test("https goes through a tunnel of the proxy, to a server whose authority is named in NODE_EXTRA_CA_CERTS", async (t) => {
  const { server: provider, keys } = await startTlsProvider();
  t.after(() => provider.close());
  await using proxy = await startFakeProxy(`https://127.0.0.1:${(provider.address() as AddressInfo).port}`);
  const environment = { ...KEY, OPENAI_BASE_URL: "https://provider.test/v1", HTTPS_PROXY: proxy.url };
  await using program = await startProgram({ environment: { ...environment, NODE_EXTRA_CA_CERTS: AUTHORITY } });
  assert.equal((await ask(`${program.url}/v1`)).status, 200);
  assert.deepEqual(keys, [`Bearer ${PROVIDER_KEY}`]);
  assert.deepEqual(proxy.requests, [{ line: "CONNECT provider.test:443", authorization: undefined }]);
});

test("a certificate that nobody vouches for, or of another host, is a 502 that says what to do, and gets no key", async (t) => {
  const { server: provider, keys } = await startTlsProvider();
  t.after(() => provider.close());
  const url = `https://localhost:${(provider.address() as AddressInfo).port}/v1`;
  for (const [code, trusted] of [
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", {}],
    ["ERR_TLS_CERT_ALTNAME_INVALID", { NODE_EXTRA_CA_CERTS: AUTHORITY }],
  ] as const) {
    await using program = await startProgram({ environment: { ...KEY, OPENAI_BASE_URL: url, ...trusted } });
    const { status, error } = await ask(`${program.url}/v1`);
    assert.deepEqual([status, error?.code], [502, "upstream_untrusted"]);
    assert.match(error?.message ?? "", new RegExp(String.raw`^The certificate of localhost:\d+ .*\(${code}\)`));
    assert.match(error?.message ?? "", /NODE_EXTRA_CA_CERTS/);
  }
  assert.deepEqual(keys, []);
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`a provider's redirect (${status}) is not followed: nobody else gets the key`, async () => {
    await using elsewhere = await startFakeProvider();
    const redirect: Answer = (_, response) =>
      void response.writeHead(status, { location: `${elsewhere.url}/chat?token=hush` }).end();
    await using provider = await startFakeProvider(redirect);
    await using server = await startOmniport({ ...KEY, OPENAI_BASE_URL: provider.url });
    const { status: seen, error } = await ask(server.api);
    assert.deepEqual([seen, error?.code], [502, "upstream_redirected"]);
    assert.ok(error?.message.includes(`redirects to ${elsewhere.url}/chat (status ${status})`), error?.message);
    assert.deepEqual([provider.calls.length, elsewhere.calls.length], [1, 0]);
  });
}
