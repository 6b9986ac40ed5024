import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  AdminProviders,
  AdminSession,
  CallDetails,
  CallPage,
  CallSummary,
  SuggestedModels,
  TrafficStats,
} from "../src/api/admin.ts";
import { sendJson, speak } from "./fakes/openai.ts";
import { type Fronted, type FrontedOptions, startFronted } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";
import { startProgram } from "./program.ts";
import { type RawResponse, send } from "./raw-http.ts";

const KEY = "a-client-key";
const WITH_KEY = { OMNIPORT_API_KEY: KEY };
const PAGE = { "x-omniport-page": "1", "content-type": "application/json" };

function startRecording({ environment = {}, ...options }: FrontedOptions = {}): Promise<Fronted> {
  return startFronted({ ...options, environment: { TRAFFIC: "on", ...environment } });
}

async function get<T>(server: TestServer, path: string, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${server.url}${path}`, { headers });
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

function chat(server: TestServer, text: string, headers: Record<string, string> = {}, model = "openai/gpt-4o") {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: text }] });
  return fetch(`${server.api}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

function code({ text }: RawResponse): unknown {
  return (JSON.parse(text) as { error?: { code?: unknown } }).error?.code;
}

test("a call can be looked at when it is over: what was asked, who was tried, what came of it", async () => {
  let tries = 0;
  await using fronted = await startRecording({
    yaml: "aliases: { fast: [openai/gpt-4o, openai/o3] }\nmodels: { openai/o3: { price: { input: 2, output: 8 } } }",
    answer: (call, response) =>
      ++tries <= 1 ? sendJson(response, { error: { message: "no such model" } }, 404) : speak(call, response),
  });
  const { server } = fronted;
  await chat(server, "hello", { "x-request-id": "one", authorization: "Bearer not-to-be-kept" }, "fast");
  await chat(server, "hello", { "x-request-id": "two" }, "nowhere/at-all");

  const page = await get<CallPage>(server, "/admin/calls");
  assert.deepEqual(page.recording, { calls: true, content: false });
  assert.deepEqual(
    page.data.map(({ request_id, model, target, outcome, error_code }) => [
      request_id,
      model,
      target,
      outcome,
      error_code,
    ]),
    [
      ["two", "nowhere/at-all", undefined, "failed", "model_not_found"],
      ["one", "fast", "openai/o3", "complete", undefined],
    ],
  );
  const call = await get<CallDetails>(server, "/admin/calls/one");
  assert.deepEqual(
    call.tries.map(({ target, outcome, status }) => [target, outcome, status]),
    [
      ["openai/gpt-4o", "404", 404],
      ["openai/o3", "ok", undefined],
    ],
  );
  const [first, second] = call.tries;
  assert.ok((second?.start_ms ?? 0) >= (first?.start_ms ?? 0) + (first?.duration_ms ?? 0) - 1);
  assert.ok((call.gateway_ms ?? -1) >= 0 && (call.gateway_ms ?? 0) <= call.duration_ms + 1);
  const { prompt_tokens = 0, completion_tokens = 0 } = call;
  assert.equal(call.cost_usd, (2 * prompt_tokens + 8 * completion_tokens) / 1e6);
  assert.equal(call.content, undefined);
  assert.ok(!JSON.stringify(call).includes("not-to-be-kept"));
});

test("a stream's call tells its first chunk, and the tries when they ended", async () => {
  await using fronted = await startRecording();
  const messages = [{ role: "user" as const, content: "one two three" }];
  const create = fronted.client.chat.completions.create({ model: "openai/gpt-4o", stream: true, messages });
  await Array.fromAsync(await create);
  const [call] = (await get<CallPage>(fronted.server, "/admin/calls")).data;
  assert.equal(call?.stream, true);
  assert.ok((call?.first_chunk_ms ?? Infinity) <= (call?.duration_ms ?? 0));
  const { tries } = await get<CallDetails>(fronted.server, `/admin/calls/${call?.request_id}`);
  assert.ok((tries[0]?.first_chunk_ms ?? Infinity) <= (tries[0]?.duration_ms ?? 0));
});

test("pages of calls follow each other, and filters name models and outcomes", async () => {
  await using fronted = await startRecording();
  const { server } = fronted;
  for (let i = 0; i < 5; i++) await chat(server, `${i}`, { "x-request-id": `call-${i}` });
  const first = await get<CallPage>(server, "/admin/calls?limit=3");
  const second = await get<CallPage>(server, `/admin/calls?limit=3&before=${first.next}`);
  const ids = [...first.data, ...second.data].map(({ request_id }) => request_id);
  assert.deepEqual(ids, ["call-4", "call-3", "call-2", "call-1", "call-0"]);
  assert.equal(second.next, null);
  assert.equal((await get<CallPage>(server, "/admin/calls?outcome=failed")).data.length, 0);
  assert.equal((await get<CallPage>(server, "/admin/calls?model=openai/gpt-4o&outcome=complete")).data.length, 5);
  for (const query of ["limit=0", "limit=1000", "before=x", "outcome=good"]) {
    const response = await fetch(`${server.url}/admin/calls?${query}`);
    assert.equal(response.status, 400, query);
  }
  assert.equal((await fetch(`${server.url}/admin/calls/unknown`)).status, 404);
});

test("what was said is told only where recording is switched on, whole answers and streams alike", async () => {
  await using fronted = await startRecording({ environment: { RECORD_CONTENT: "true" } });
  const { server, client } = fronted;
  await chat(server, "夜市", { "x-request-id": "whole" });
  const whole = await get<CallDetails>(server, "/admin/calls/whole");
  assert.deepEqual(whole.recording, { calls: true, content: true });
  assert.match(whole.content?.request ?? "", /夜市/);
  assert.match(whole.content?.answer ?? "", /"content":"夜市"/);
  assert.equal(whole.content?.is_cut, false);

  const messages = [{ role: "user" as const, content: "one two three" }];
  const headers = { "x-request-id": "stream" };
  await Array.fromAsync(
    await client.chat.completions.create({ model: "openai/gpt-4o", stream: true, messages }, { headers }),
  );
  const stream = await get<CallDetails>(server, "/admin/calls/stream");
  assert.deepEqual(JSON.parse(stream.content?.answer ?? ""), [{ content: "one two three" }]);

  await chat(server, "x".repeat(100_000), { "x-request-id": "long" });
  const long = await get<CallDetails>(server, "/admin/calls/long");
  assert.equal(long.content?.is_cut, true);
  assert.ok((long.content?.request.length ?? 0) <= 32 * 1024);
});

test("the charts' figures are those of the calls", async () => {
  await using fronted = await startRecording();
  for (let i = 0; i < 4; i++) await chat(fronted.server, "hi");
  await chat(fronted.server, "hi", {}, "nowhere/x");
  for (const span of ["hour", "day"] as const) {
    const stats = await get<TrafficStats>(fronted.server, `/admin/stats?span=${span}`);
    assert.equal(stats.total.calls, 5);
    assert.deepEqual(
      stats.models.map(({ model, total }) => [model, total.calls, total.failed]),
      [
        ["openai/gpt-4o", 4, 0],
        ["other", 1, 1],
      ],
    );
    assert.ok(stats.buckets.every(({ at }) => at >= stats.from && at <= stats.to));
  }
  assert.equal((await fetch(`${fronted.server.url}/admin/stats?span=year`)).status, 400);
});

test("calls are told live, as they end, and who watches does not keep the server from stopping", async () => {
  const fronted = await startRecording({ environment: { SHUTDOWN_TIMEOUT: "30" } });
  const { body } = await fetch(`${fronted.server.url}/admin/calls/live`);
  const events = body?.pipeThrough(new TextDecoderStream()).getReader();
  await chat(fronted.server, "hi", { "x-request-id": "watched" });
  let text = "";
  while (!text.includes("\n\n")) text += (await events?.read())?.value;
  const call = JSON.parse(text.replace(/^(: .*\n\n)*data: /, "").split("\n\n")[0] ?? "") as CallSummary;
  assert.deepEqual([call.request_id, call.outcome], ["watched", "complete"]);
  await fronted[Symbol.asyncDispose]();
  let rest = text;
  for (let next = await events?.read(); next && !next.done; next = await events?.read()) rest += next.value;
  assert.match(rest, /data: \[DONE\]\n\n$/);
});

test("without recording there is nothing to be seen, and that is said", async () => {
  await using server = await startOmniport();
  assert.deepEqual(await get<CallPage>(server, "/admin/calls"), {
    data: [],
    next: null,
    recording: { calls: false, content: false },
  });
  for (const path of ["/admin/calls/x", "/admin/calls/live", "/admin/stats"]) {
    const response = await send(server.url, { method: "GET", path });
    assert.deepEqual([response.status, code(response)], [404, "traffic_off"], path);
  }
});

test("a server as users start it keeps its calls, those without an answer too", async () => {
  await using program = await startProgram({
    environment: { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://127.0.0.1:9" },
  });
  await fetch(`${program.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": "kept" },
    body: JSON.stringify({ model: "nowhere/x", input: "a" }),
  });
  const response = await fetch(`${program.url}/admin/calls/kept`);
  const call = (await response.json()) as CallDetails;
  assert.deepEqual([call.operation, call.error_code], ["embeddings", "model_not_found"]);
});

test("providers are told with what is to be set", async () => {
  await using fronted = await startFronted();
  const { data } = await get<AdminProviders>(fronted.server, "/admin/providers");
  const of = (name: string) => data.find((provider) => provider.name === name);
  assert.deepEqual(of("openai"), {
    name: "openai",
    title: "OpenAI",
    state: "ready",
    key_variables: ["OPENAI_API_KEY"],
    base_url_variables: ["OPENAI_BASE_URL"],
    base_url: fronted.provider.url,
    models: 1,
  });
  assert.equal(of("claude")?.state, "no_key");
  assert.equal(of("claude")?.key_variables[0], "ANTHROPIC_API_KEY");
  assert.equal(of("ollama")?.state, "untried");
  assert.equal(of("huggingface")?.state, "ready");
});

test("a provider whose models cannot be had is told as silent", async () => {
  await using fronted = await startFronted({ answer: (_, response) => sendJson(response, { error: {} }, 401) });
  const { data } = await get<AdminProviders>(fronted.server, "/admin/providers");
  assert.equal(data.find(({ name }) => name === "openai")?.state, "silent");
});

test("suggested models can be routed, and say what they need", async () => {
  await using server = await startOmniport();
  const { data } = await get<SuggestedModels>(server, "/admin/suggestions");
  assert.ok(data.length >= 10);
  for (const { id, bytes, memory_bytes, licence } of data) {
    assert.match(id, /^(local|huggingface)\//);
    assert.ok(bytes > 50e6 && memory_bytes > bytes && licence !== "", id);
    const response = await fetch(`${server.api}/models/${id}`);
    assert.equal(response.status, 200, id);
  }
});

async function signIn(server: TestServer, key = KEY): Promise<{ readonly cookie: string; readonly set: string }> {
  const body = JSON.stringify({ key });
  const response = await send(server.url, { path: "/admin/session", headers: PAGE, body });
  assert.equal(response.status, 200);
  const set = String(response.headers["set-cookie"]);
  return { cookie: set.split(";")[0] ?? "", set };
}

test("a key becomes a session: a cookie that no script can read and no other site can send", async () => {
  await using server = await startOmniport(WITH_KEY);
  const before = await get<AdminSession>(server, "/admin/session");
  assert.equal(before.needs_key, true);
  assert.equal(before.signed_in, false);
  assert.deepEqual(before.languages, ["en", "zh-TW"]);

  const { cookie, set } = await signIn(server);
  assert.match(set, /^omniport_session_\d+=[\w.-]{80}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  assert.ok(!set.includes(KEY));
  assert.equal((await get<AdminSession>(server, "/admin/session", { cookie })).signed_in, true);
  await get(server, "/admin/providers", { cookie });
  await get(server, "/v1/models", { cookie });
});

test("the cookie alone calls nothing that changes something: the page's header must come with it", async () => {
  await using fronted = await startFronted({ environment: WITH_KEY });
  const { cookie } = await signIn(fronted.server);
  assert.equal((await chat(fronted.server, "hi", { cookie })).status, 401);
  assert.equal((await chat(fronted.server, "hi", { cookie, "x-omniport-page": "1" })).status, 200);
  const deleted = await send(fronted.server.url, {
    method: "DELETE",
    path: "/v1/models/local/tiny",
    headers: { cookie },
  });
  assert.equal(deleted.status, 401);
});

test("the cookie counts for no other page: not of another site, nor of another port of this machine", async () => {
  await using server = await startOmniport(WITH_KEY);
  const { cookie } = await signIn(server);
  const { host } = new URL(server.url);
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await send(server.url, { method: "GET", path: "/v1/models", headers: { cookie, ...headers } })).status;
  assert.equal(await status({ origin: "https://evil.example" }), 401);
  assert.equal(await status({ origin: "http://127.0.0.1:1", "x-omniport-page": "1" }), 401);
  assert.equal(await status({ "sec-fetch-site": "same-site" }), 401);
  assert.equal(await status({ "sec-fetch-site": "cross-site", "x-omniport-page": "1" }), 401);
  assert.equal(await status({ origin: `http://${host}`, "sec-fetch-site": "same-origin" }), 200);
  assert.equal(await status({ "sec-fetch-site": "none" }), 200);
});

test("signing out ends the session, and a session of nobody's is none", async () => {
  await using server = await startOmniport(WITH_KEY);
  const { cookie } = await signIn(server);
  const out = await send(server.url, { method: "DELETE", path: "/admin/session", headers: { ...PAGE, cookie } });
  assert.match(String(out.headers["set-cookie"]), /=; .*Max-Age=0/);
  assert.equal((JSON.parse(out.text) as AdminSession).signed_in, false);
  const name = cookie.split("=")[0];
  for (const cookies of [cookie, `${name}=${"A".repeat(43)}`, `${name}=`, "x=y"]) {
    const response = await send(server.url, { method: "GET", path: "/v1/models", headers: { cookie: cookies } });
    assert.equal(response.status, 401, cookies);
  }
});

test("a wrong key, or one without the page's header, opens no session", async () => {
  await using server = await startOmniport(WITH_KEY);
  const open = (headers: Record<string, string>, body: object): Promise<RawResponse> =>
    send(server.url, { path: "/admin/session", headers, body: JSON.stringify(body) });
  const attempts = [
    await open(PAGE, { key: "wrong" }),
    await open(PAGE, {}),
    await open(PAGE, { key: 5 }),
    await open({ "content-type": "application/json" }, { key: KEY }),
    await open({ ...PAGE, origin: "https://evil.example" }, { key: KEY }),
  ];
  assert.deepEqual(
    attempts.map(({ status }) => status),
    [401, 400, 400, 403, 403],
  );
  for (const { headers } of attempts) assert.equal(headers["set-cookie"], undefined);
});

test("behind TLS the cookie is for TLS only", async () => {
  await using server = await startOmniport(WITH_KEY);
  const headers = { ...PAGE, "x-forwarded-proto": "https" };
  const response = await send(server.url, { path: "/admin/session", headers, body: JSON.stringify({ key: KEY }) });
  assert.match(String(response.headers["set-cookie"]), /; Secure$/);
});

test("programs use /admin with the key, and pages of other origins not at all", async () => {
  await using server = await startOmniport(WITH_KEY);
  assert.equal((await fetch(`${server.url}/admin/providers`)).status, 401);
  await get(server, "/admin/providers", { authorization: `Bearer ${KEY}` });
  const headers = { authorization: `Bearer ${KEY}`, origin: "http://localhost:3000" };
  assert.equal((await send(server.url, { method: "GET", path: "/admin/providers", headers })).status, 403);

  await using open = await startOmniport();
  const page = { origin: "http://localhost:3000" };
  const response = await send(open.url, { method: "GET", path: "/admin/calls", headers: page });
  assert.deepEqual([response.status, code(response)], [403, "origin_not_allowed"]);
});

test("where a network can reach a server that needs no key, /admin is off, and says what to set", async () => {
  await using server = await startOmniport({ HOST: "0.0.0.0" });
  const url = server.url.replace("0.0.0.0", "127.0.0.1");
  for (const [method, path] of [
    ["GET", "/admin/session"],
    ["POST", "/admin/session"],
    ["GET", "/admin/calls"],
    ["GET", "/admin/calls/live"],
    ["DELETE", "/admin/session"],
  ] as const) {
    const response = await send(url, { method, path });
    assert.deepEqual([response.status, code(response)], [404, "admin_off"], path);
    assert.match(response.text, /OMNIPORT_API_KEY/);
  }
  await using withKey = await startOmniport({ HOST: "0.0.0.0", ...WITH_KEY });
  const session = await fetch(`${withKey.url.replace("0.0.0.0", "127.0.0.1")}/admin/session`);
  assert.equal(session.status, 200);
});
