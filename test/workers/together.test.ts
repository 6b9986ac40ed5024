import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { CallPage, TrafficStats } from "../../src/api/admin.ts";
import type { CallRecord } from "../../src/telemetry/record.ts";
import { type Answer, completion, sendJson, speak } from "../fakes/openai.ts";
import { send } from "../raw-http.ts";
import { type ServerOfWorkers, startServerOfWorkers } from "./server-of-workers.ts";

/*
 * Several processes, and nobody sees that they are several: each request here has a connection of its own, and the
 * system gives it to any of them.
 */

const KEY = "sk-client";
const WORKERS = 3;
const AUTHORIZED = { authorization: `Bearer ${KEY}` };
/** So many connections that all workers get some: that one gets none is one in a billion. */
const MANY = 60;

const THOUGHT = "I look at the clock.";
/** DeepSeek's model thinks, and then calls a tool. */
const CALL = { id: "call_1", type: "function", function: { name: "now", arguments: "{}" } };
const MESSAGE = { role: "assistant", content: "", reasoning_content: THOUGHT, tool_calls: [CALL] };

const answer: Answer = (call, response) => {
  const { model, messages = [] } = call.body;
  if (model !== "deepseek-reasoner") return speak(call, response);
  if (messages.length > 1) return sendJson(response, completion(model, "Noon."));
  const choices = [{ index: 0, message: MESSAGE, finish_reason: "tool_calls" }];
  return sendJson(response, { ...completion(model, ""), choices });
};

let server: ServerOfWorkers;

before(async () => {
  server = await startServerOfWorkers({ workers: WORKERS, answer, environment: { OMNIPORT_API_KEY: KEY } });
});

after(() => server[Symbol.asyncDispose]());

const many = <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: MANY }, (_, index) => work(index)));

function chat(text: string): Promise<unknown> {
  return server.client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: text }] });
}

async function get<T>(path: string): Promise<T> {
  const { status, text } = await send(server.program.url, { method: "GET", path, headers: AUTHORIZED });
  assert.equal(status, 200, text);
  return JSON.parse(text) as T;
}

/** The value of that series. */
async function metric(series: string): Promise<number> {
  const { text } = await send(server.program.url, { method: "GET", path: "/metrics", headers: AUTHORIZED });
  const line = text.split("\n").find((line) => line.startsWith(`${series} `));
  return Number(line?.split(" ").at(-1) ?? 0);
}

test("all workers answer on one port, their metrics are added up, and their log is whole lines", async () => {
  const calls = 'omniport_calls_total{provider="openai",model="gpt-4o",operation="chat",outcome="complete"}';
  const durations = 'omniport_call_duration_seconds_count{provider="openai",model="gpt-4o",operation="chat"}';
  const before = await metric(calls);
  await many((index) => chat(`hello ${index}`));
  const values = await Promise.all(Array.from({ length: 8 }, (_, index) => metric(index % 2 ? calls : durations)));
  assert.deepEqual(new Set(values), new Set([before + MANY]), "whoever is asked tells of all");
  assert.ok((await metric("process_resident_memory_bytes")) > WORKERS * 40e6);

  const seen = () => new Set(server.log().flatMap(({ msg, pid }) => (msg === "call" ? [pid] : [])));
  await server.logged(() => seen().size === WORKERS);
});

test("a call can be read as soon as it has ended, whoever is asked", async () => {
  const answers = await many(() =>
    send(server.program.url, {
      path: "/v1/chat/completions",
      headers: { ...AUTHORIZED, "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] }),
    }),
  );
  const ids = answers.map(({ headers }) => String(headers["x-request-id"]));
  const { data } = await get<CallPage>("/admin/calls?limit=200");
  const listed = new Set(data.map(({ request_id }) => request_id));
  assert.deepEqual(
    ids.filter((id) => !listed.has(id)),
    [],
  );
  const { total } = await get<TrafficStats>("/admin/stats?span=hour");
  assert.ok(total.calls >= MANY);
  await Promise.all(ids.slice(0, 5).map((id) => get(`/admin/calls/${id}`)));
});

test("who watches sees the calls of all workers as they end", { timeout: 60_000 }, async () => {
  const gone = new AbortController();
  const { signal } = gone;
  const live = await fetch(`${server.program.url}/admin/calls/live`, { headers: AUTHORIZED, signal });
  // Until they are seen: that somebody watches reaches the others within a moment.
  const calling = (async () => {
    while (!signal.aborted) await many((index) => chat(`watched ${index}`));
  })();
  let text = "";
  const isDone = (): boolean => {
    const shown = new Set([...text.matchAll(/"request_id":"([^"]+)"/g)].map(([, id]) => id));
    const calls = server.log().filter(({ call }) => shown.has((call as CallRecord | undefined)?.requestId));
    return new Set(calls.map(({ pid }) => pid)).size === WORKERS;
  };
  for await (const chunk of live.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (isDone()) break;
  }
  gone.abort();
  await calling;
});

test("the page's session counts whoever answers, and ends everywhere", async () => {
  const page = { "x-omniport-page": "1", "content-type": "application/json" };
  const { url } = server.program;
  const opened = await send(url, { path: "/admin/session", headers: page, body: JSON.stringify({ key: KEY }) });
  const cookie = String(opened.headers["set-cookie"]).split(";")[0] ?? "";
  const statuses = () =>
    many(async () => (await send(url, { method: "GET", path: "/admin/providers", headers: { cookie } })).status);
  assert.deepEqual(new Set(await statuses()), new Set([200]));
  const closed = await send(url, { method: "DELETE", path: "/admin/session", headers: { ...page, cookie } });
  assert.equal(closed.status, 200);
  let left = await statuses();
  while (left.includes(200)) left = await statuses(); // it reaches the others within a moment
  assert.deepEqual(new Set(left), new Set([401]));
});

test("what a provider wants back with a tool's result is known whoever answers", async () => {
  const { client, provider } = server;
  const model = "deepseek/deepseek-reasoner";
  const question = { role: "user" as const, content: "What time is it?" };
  const { choices } = await client.chat.completions.create({ model, messages: [question] });
  const { tool_calls = [] } = choices[0]?.message ?? {};
  const turn = { role: "assistant" as const, content: "", tool_calls }; // as plain clients send it, without the reasoning
  const result = { role: "tool" as const, tool_call_id: "call_1", content: "12:00" };
  const begun = provider.calls.length;
  await many(() => client.chat.completions.create({ model, messages: [question, turn, result] }));
  const thoughts = provider.calls.slice(begun).map(({ body }) => body.messages?.[1]);
  assert.deepEqual(
    thoughts.map((message) => message && "reasoning_content" in message && message.reasoning_content),
    thoughts.map(() => THOUGHT),
  );
});
