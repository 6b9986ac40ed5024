import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Fronted, startFronted } from "./fronted.ts";
import * as bodies from "./malformed/bodies.ts";
import { CHAT_FIELDS, EMBEDDING_FIELDS, RERANK_FIELDS } from "./malformed/fields.ts";
import { type RawRequest, type RawResponse, send, sendBytes } from "./raw-http.ts";

const MAX_BODY_BYTES = 1024 * 1024;
const JSON_TYPE = { "content-type": "application/json" };

let fronted: Fronted;
let refusals = 0;

before(async () => {
  fronted = await startFronted({ yaml: "server: { max_body_mb: 1 }" });
});

after(async () => {
  await fronted[Symbol.asyncDispose]();
});

interface ExpectedError {
  readonly status: number;
  readonly param?: string;
  readonly code?: string;
}

/** Whatever was wrong: the status, OpenAI's shape, and an id to ask about. */
function assertRefused(response: RawResponse, expected: ExpectedError, what: string): void {
  assert.equal(response.status, expected.status, `${what}: ${response.text}`);
  assert.equal(response.headers["content-type"], "application/json", what);
  assert.match(String(response.headers["x-request-id"]), /^req_[0-9a-f]{24}$/, what);
  const { error, ...more } = JSON.parse(response.text) as { error: Record<string, unknown> };
  assert.deepEqual(more, {}, what);
  assert.deepEqual(Object.keys(error), ["message", "type", "param", "code"], what);
  assert.ok(typeof error["message"] === "string" && error["message"] !== "", what);
  assert.equal(typeof error["type"], "string", what);
  if (expected.param !== undefined) assert.equal(error["param"], expected.param, `${what}: ${response.text}`);
  if (expected.code !== undefined) assert.equal(error["code"], expected.code, `${what}: ${response.text}`);
  refusals++;
}

async function refused(request: RawRequest, expected: ExpectedError, what: string): Promise<void> {
  assertRefused(await send(fronted.server.url, request), expected, what);
}

function chat(body: string | Uint8Array, headers: Readonly<Record<string, string>> = JSON_TYPE): RawRequest {
  return { path: "/v1/chat/completions", headers, body };
}

for (const [path, fields] of [
  ["/v1/chat/completions", CHAT_FIELDS],
  ["/v1/embeddings", EMBEDDING_FIELDS],
  ["/v1/rerank", RERANK_FIELDS],
] as const) {
  test(`${path}: a field of the wrong type or out of its range is a 400 that names it`, async () => {
    for (const { param, values, body } of fields) {
      for (const value of values) {
        const text = JSON.stringify(body(value));
        await refused({ path, headers: JSON_TYPE, body: text }, { status: 400, param }, text.slice(0, 300));
      }
    }
  });

  test(`${path}: a body that is no JSON object is a 400`, async () => {
    for (const body of bodies.NO_JSON_OBJECT) {
      const expected = { status: 400, code: "invalid_json" };
      await refused({ path, headers: JSON_TYPE, body }, expected, JSON.stringify(body.slice(0, 100)));
    }
  });

  test(`${path}: a body that is no UTF-8 is a 400`, async () => {
    for (const [what, body] of Object.entries(bodies.NO_UTF8)) {
      await refused({ path, headers: JSON_TYPE, body }, { status: 400, code: "invalid_json" }, what);
    }
  });
}

test("a body nested deeper than any call needs is a 400", async () => {
  for (const body of bodies.TOO_DEEP)
    await refused(chat(body), { status: 400, code: "invalid_json" }, body.slice(0, 200));
});

test("a number that no field can mean is a 400 that names the field", async () => {
  for (const [param, value] of Object.entries(bodies.HUGE_NUMBERS)) {
    await refused(chat(bodies.chatWith(`"${param}":${value}`)), { status: 400, param }, `${param}: ${value}`);
  }
});

test("what is strange but right is served", async () => {
  for (const [what, body] of Object.entries(bodies.STRANGE_BUT_RIGHT)) {
    const response = await send(fronted.server.url, chat(body));
    assert.equal(response.status, 200, `${what}: ${response.text}`);
  }
});

test("another content type, charset or encoding is a 415", async () => {
  const headers: readonly Readonly<Record<string, string>>[] = [
    {},
    { "content-type": "" },
    { "content-type": "text/plain" },
    { "content-type": "application/jsonp" },
    { "content-type": "application" },
    { "content-type": "json" },
    { "content-type": ";;;" },
    { "content-type": "multipart/form-data; boundary=x" },
    { "content-type": "application/x-www-form-urlencoded" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-type": 'application/json; charset="latin1"' },
    { "content-type": "application/json; x=y; charset=big5" },
    { ...JSON_TYPE, "content-encoding": "gzip" },
    { ...JSON_TYPE, "content-encoding": "br, gzip" },
    { ...JSON_TYPE, "content-encoding": "nonsense" },
  ];
  for (const wrong of headers) {
    await refused(chat(bodies.chatWith('"x":1'), wrong), { status: 415 }, JSON.stringify(wrong));
  }
});

test("a body over the limit is a 413, also where it only shows on the way", async () => {
  const filled = (bytes: number): string => bodies.chatWith(`"x":"${"x".repeat(bytes)}"`);
  const expected = { status: 413, code: "request_too_large" };
  await refused(chat(filled(MAX_BODY_BYTES)), expected, "one piece");
  await refused(chat(filled(3 * MAX_BODY_BYTES), { ...JSON_TYPE, "transfer-encoding": "chunked" }), expected, "chunks");
  const response = await send(fronted.server.url, chat(filled(MAX_BODY_BYTES - 200)));
  assert.equal(response.status, 200, "just below the limit");
});

test("a body that never ends is cut off", async () => {
  const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
  const body = Buffer.alloc(64 * MAX_BODY_BYTES, "x");
  const bytes = Buffer.concat([Buffer.from(`${head}content-length: 999999999\r\n\r\n`), body]);
  const { status } = await sendBytes(fronted.server.url, bytes);
  // The answer may be lost, since the server does not read all that we still send.
  assert.ok(status === 413 || status === 0, String(status));
});

test("a wrong method is a 405 that says which are allowed", async () => {
  const routes = {
    "/v1/chat/completions": "POST",
    "/v1/embeddings": "POST",
    "/embeddings": "POST",
    "/v1/rerank": "POST",
    "/v2/rerank": "POST",
    "/v1/models": "GET",
    "/v1/models/openai/gpt-4o": "GET, DELETE",
    "/health": "GET",
    "/ready": "GET",
  };
  for (const [path, allow] of Object.entries(routes)) {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]) {
      if (allow.split(", ").includes(method)) continue;
      const response = await send(fronted.server.url, { method, path });
      assertRefused(response, { status: 405, code: "method_not_allowed" }, `${method} ${path}`);
      assert.equal(response.headers["allow"], allow);
    }
  }
});

test("an unknown path is a 404", async () => {
  const paths = [
    "/v1",
    "/v1/",
    "/v2/models",
    "/v1/v1/models",
    "/v1/modelsx",
    "/v1/chat",
    "/v1/chat/completions/x",
    "/V1/models",
    "//v1/models",
    "/v1//models",
    "/v1/%2e%2e/models",
    "/v1/completions%00",
    "/__proto__",
    "/constructor",
    "/v1/toString",
    "/admin/../health",
    "http://example.com/nowhere",
    `/${"x".repeat(8000)}`,
  ];
  for (const path of paths) {
    await refused({ path, method: "GET" }, { status: 404 }, path.slice(0, 100));
    await refused({ path, headers: JSON_TYPE, body: "{}" }, { status: 404 }, path.slice(0, 100));
  }
});

test("a model that nobody knows is a 404, whatever its name is made of", async () => {
  const names = ["x", "nobody/x", "/", "/x", "x/", "openai/", "__proto__", "constructor/x", "..", "../../etc/passwd"];
  const texts = [...names, "a\0b", "\u202e", "  ", "💥/x", "%00", "${x}", "x".repeat(512)];
  for (const model of texts) {
    const body = JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], input: "hi" });
    for (const path of ["/v1/chat/completions", "/v1/embeddings"]) {
      const expected = { status: 404, param: "model", code: "model_not_found" };
      await refused({ path, headers: JSON_TYPE, body }, expected, JSON.stringify(model));
    }
    const path = `/v1/models/${encodeURIComponent(model)}`;
    await refused({ method: "GET", path }, { status: 404 }, path);
  }
});

test("a '%' that is followed by nothing sensible is a 400", async () => {
  for (const path of ["/%", "/v1/models/%", "/v1/models/%zz", "/v1/models/%e4%b8", "/v1/models/%ff", "/v1/%c0%af"]) {
    await refused({ path, method: "GET" }, { status: 400 }, path);
  }
});

test("what is no HTTP is refused in HTTP, and in OpenAI's shape", async () => {
  const post = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
  const broken: readonly (string | Buffer)[] = [
    "nonsense\r\n\r\n",
    "\0\0\0\0\r\n\r\n",
    "GET\r\n\r\n",
    "GET /health\r\n\r\n",
    "GET /health HTTP/9.9\r\nhost: x\r\n\r\n",
    "GET /health HTTP/1.1\r\nconnection: close\r\n\r\n",
    "get /health HTTP/1.1\r\nhost: x\r\n\r\n",
    "WHAT /health HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /he alth HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /health HTTP/1.1\r\nhost: x\r\nbad header: y\r\n\r\n",
    "GET /health HTTP/1.1\r\nhost: x\r\nno-colon\r\n\r\n",
    "GET /health HTTP/1.1\r\nhost: x\r\nnul: a\0b\r\n\r\n",
    "GET /health HTTP/1.1\r\nhost: x\r\n: no name\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    `${post}content-length: abc\r\n\r\n{}`,
    `${post}content-length: -1\r\n\r\n{}`,
    `${post}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
    `${post}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`,
    `${post}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    `${post}transfer-encoding: chunked\r\n\r\n2\r\n{}garbage\r\n0\r\n\r\n`,
    `${post}transfer-encoding: gzip\r\n\r\n{}`,
    Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]), // TLS
  ];
  for (const bytes of broken) {
    const response = await sendBytes(fronted.server.url, bytes);
    assertRefused(response, { status: 400 }, JSON.stringify(bytes.toString("latin1")));
  }
});

test("headers or a URL larger than 16 KiB are a 431", async () => {
  const large = "x".repeat(17 * 1024);
  const many = Array.from({ length: 2000 }, (_, index) => `x-header-${index}: x\r\n`).join("");
  for (const bytes of [
    `GET /health HTTP/1.1\r\nhost: x\r\nlarge: ${large}\r\n\r\n`,
    `GET /health HTTP/1.1\r\nhost: x\r\n${large}: x\r\n\r\n`,
    `GET /health HTTP/1.1\r\nhost: x\r\n${many}\r\n`,
    `GET /${large} HTTP/1.1\r\nhost: x\r\n\r\n`,
  ]) {
    assertRefused(await sendBytes(fronted.server.url, bytes), { status: 431 }, bytes.slice(0, 60));
  }
});

test("a tunnel is refused", async () => {
  const bytes = "CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n";
  assertRefused(await sendBytes(fronted.server.url, bytes), { status: 405 }, bytes);
});

test("what HTTP allows to be ignored is ignored", async () => {
  for (const header of ["expect: nonsense", "upgrade: websocket\r\nconnection: upgrade, close", "te: trailers"]) {
    const bytes = `GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}\r\n\r\n`;
    const { status } = await sendBytes(fronted.server.url, bytes);
    assert.equal(status, 200, header);
  }
  assert.equal((await sendBytes(fronted.server.url, "GET /health HTTP/1.0\r\n\r\n")).status, 200);
});

test("after hundreds of such requests the server answers as before", async () => {
  assert.ok(refusals >= 300, `only ${refusals} requests were refused`);
  const messages = [{ role: "user" as const, content: "Still here" }];
  const answer = await fronted.client.chat.completions.create({ model: "openai/gpt-4o", messages });
  assert.equal(answer.choices[0]?.message.content, "Still here");
});
