import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import type { CallContext, CallRecord } from "../../telemetry/record.ts";
import { createTraffic, type Traffic, type TrafficOptions } from "./traffic.ts";

const folder = await mkdtemp(join(tmpdir(), "omniport-traffic-"));
after(() => rm(folder, { recursive: true, force: true }));

const DAY_MS = 24 * 60 * 60 * 1000;

interface Started extends AsyncDisposable {
  readonly traffic: Traffic;
  readonly path: string;
  readonly warnings: readonly string[];
}

function start(name: string, more: Partial<TrafficOptions> = {}): Started {
  const path = join(folder, name, "traffic.db");
  const warnings: string[] = [];
  const traffic = createTraffic({
    path,
    maxCalls: 1_000,
    maxAgeMs: DAY_MS,
    recordContent: true,
    modelOf: ({ provider, providerModel }) => `${provider}/${providerModel}`,
    warn: (message) => warnings.push(message),
    ...more,
  });
  return { traffic, path, warnings, [Symbol.asyncDispose]: () => traffic.close() };
}

function record(change: Partial<CallRecord> = {}): CallRecord {
  return {
    requestId: "req_1",
    startedAtMs: Date.now(),
    operation: "chat",
    stream: false,
    model: "fast",
    provider: "openai",
    providerModel: "gpt-4o",
    outcome: "complete",
    finishReason: "stop",
    promptTokens: 7,
    completionTokens: 2,
    costMicroUsd: 37.5,
    attempts: [
      { target: "claude/opus", outcome: "overloaded", status: 529, startMs: 0, durationMs: 20 },
      { target: "openai/gpt-4o", outcome: "ok", startMs: 21, durationMs: 79, promptTokens: 7, completionTokens: 2 },
    ],
    translation: "dropped=seed",
    durationMs: 100,
    gatewayMs: 0.4,
    ...change,
  };
}

const context: CallContext = {
  headers: { "user-agent": "OpenAI/Python 2", authorization: "Bearer sk-secret", cookie: "a=b", "x-api-key": "k" },
};

test("a call is told as it went, without its keys", async () => {
  await using started = start("one");
  const own = record();
  started.traffic.record(own, context);
  const { data, next } = await started.traffic.calls({ limit: 10 });
  const summary = {
    request_id: "req_1",
    at: own.startedAtMs,
    operation: "chat",
    stream: false,
    model: "fast",
    target: "openai/gpt-4o",
    finish_reason: "stop",
    prompt_tokens: 7,
    completion_tokens: 2,
    outcome: "complete",
    cost_usd: 0.0000375,
    duration_ms: 100,
    attempts: 2,
  };
  assert.deepEqual(data, [summary]);
  assert.equal(next, null);
  assert.deepEqual(await started.traffic.call("req_1"), {
    ...summary,
    translation: "dropped=seed",
    gateway_ms: 0.4,
    tries: [
      { target: "claude/opus", outcome: "overloaded", status: 529, start_ms: 0, duration_ms: 20 },
      {
        target: "openai/gpt-4o",
        outcome: "ok",
        start_ms: 21,
        duration_ms: 79,
        prompt_tokens: 7,
        completion_tokens: 2,
      },
    ],
    headers: { "user-agent": "OpenAI/Python 2" },
  });
  assert.equal(await started.traffic.call("req_2"), undefined);
});

test("what was said is kept where it is handed over, and only this user may read the file", async () => {
  await using started = start("said");
  const content = { request: '{"model":"fast"}', answer: '{"choices":[]}', isCut: true };
  started.traffic.record(record(), { ...context, content });
  const call = await started.traffic.call("req_1");
  assert.deepEqual(call?.content, { request: content.request, answer: content.answer, is_cut: true });
  if (process.platform !== "win32") assert.equal((await stat(started.path)).mode & 0o777, 0o600);
});

test("what was said goes when it is not recorded any more", async () => {
  const first = start("switched-off");
  first.traffic.record(record({ requestId: "before" }), { ...context, content: { request: "{}", isCut: false } });
  await first.traffic.close();
  await using second = start("switched-off", { recordContent: false });
  assert.ok((await second.traffic.call("before"))?.content);
  second.traffic.record(record({ requestId: "after" }), context);
  assert.equal((await second.traffic.call("before"))?.content, undefined);
  assert.equal((await second.traffic.call("before"))?.request_id, "before");
});

test("pages follow each other without gap or repetition, while new calls come", async () => {
  await using started = start("pages");
  const record25 = (from: number): void => {
    for (let i = from; i < from + 25; i++) started.traffic.record(record({ requestId: `req_${i}` }), context);
  };
  record25(0);
  const seen: string[] = [];
  let before: number | null | undefined;
  do {
    const page = await started.traffic.calls({ limit: 10, ...(before != null && { before }) });
    seen.push(...page.data.map(({ request_id }) => request_id));
    before = page.next;
    if (seen.length === 10) record25(100);
  } while (before !== null);
  assert.deepEqual(
    seen,
    Array.from({ length: 25 }, (_, i) => `req_${24 - i}`),
  );
});

test("a model is found by the name that was asked for, and by the one that answered; a failure by its outcome", async () => {
  await using started = start("filters");
  started.traffic.record(record({ requestId: "a", model: "fast" }), context);
  started.traffic.record(record({ requestId: "b", model: "openai/gpt-4o" }), context);
  started.traffic.record(record({ requestId: "c", model: "fast", outcome: "failed", errorStatus: 500 }), context);
  started.traffic.record(record({ requestId: "d", model: "slow", providerModel: "o3", outcome: "aborted" }), context);
  const ids = async (query: Parameters<Traffic["calls"]>[0]): Promise<string> =>
    (await started.traffic.calls(query)).data.map(({ request_id }) => request_id).join("");
  assert.equal(await ids({ limit: 9, model: "fast" }), "ca");
  assert.equal(await ids({ limit: 9, model: "openai/gpt-4o" }), "cba");
  assert.equal(await ids({ limit: 9, outcome: "failed" }), "c");
  assert.equal(await ids({ limit: 9, outcome: "complete" }), "ba");
  assert.equal(await ids({ limit: 9, model: "openai/o3", outcome: "aborted" }), "d");
  assert.equal(await ids({ limit: 9, model: "fast", outcome: "complete" }), "a");
  assert.equal(await ids({ limit: 9, model: "nobody" }), "");
});

test("the charts count every call, also those that are too many to be kept one by one", async () => {
  await using started = start("many");
  for (let i = 0; i < 3_000; i++) {
    const outcome = i % 10 === 0 ? "failed" : "complete";
    started.traffic.record(record({ requestId: `${i}`, durationMs: 100 + (i % 100), outcome }), context);
  }
  const { buckets, models } = await started.traffic.stats("hour");
  const [model] = models;
  assert.equal(models.length, 1);
  assert.equal(model?.model, "openai/gpt-4o");
  const { p50_ms = 0, p95_ms = 0, ...total } = model?.total ?? {};
  assert.deepEqual(total, {
    calls: 3_000,
    failed: 300,
    aborted: 0,
    prompt_tokens: 21_000,
    completion_tokens: 6_000,
    cost_usd: 0.1125,
  });
  assert.ok(p50_ms > 120 && p50_ms < 180, `p50 ${p50_ms}`);
  assert.ok(p95_ms > 156 && p95_ms < 234, `p95 ${p95_ms}`);
  assert.equal(
    buckets.reduce((sum, { calls }) => sum + calls, 0),
    3_000,
  );
  const kept = new DatabaseSync(started.path).prepare("SELECT count(*) AS n FROM calls").get();
  assert.ok(Number(kept?.["n"]) >= 500 && Number(kept?.["n"]) <= 1_000, "the bound of one write");
});

test("what is too old or too much goes", async () => {
  await using started = start("bounds", { maxCalls: 20, maxAgeMs: 60_000 });
  started.traffic.record(record({ requestId: "old", startedAtMs: Date.now() - 2 * 60_000 }), context);
  started.traffic.record(record({ requestId: "new" }), context);
  const content = { request: "{}", isCut: false };
  assert.deepEqual(
    (await started.traffic.calls({ limit: 9 })).data.map(({ request_id }) => request_id),
    ["new"],
  );
  for (let i = 0; i < 50; i++) started.traffic.record(record({ requestId: `${i}` }), { ...context, content });
  assert.equal((await started.traffic.calls({ limit: 100 })).data.length, 20);
  const contents = new DatabaseSync(started.path).prepare("SELECT count(*) AS n FROM contents").get();
  assert.equal(contents?.["n"], 20);
});

test("two processes may write to one file", async () => {
  await using first = start("shared");
  await using second = start("shared");
  for (let i = 0; i < 40; i++) (i % 2 ? first : second).traffic.record(record({ requestId: `${i}` }), context);
  await Promise.all([first.traffic.calls({ limit: 1 }), second.traffic.calls({ limit: 1 })]);
  assert.equal((await first.traffic.calls({ limit: 100 })).data.length, 40);
  assert.equal((await second.traffic.stats("day")).models[0]?.total.calls, 40);
});

test("calls of before the last stop are still there", async () => {
  const first = start("again");
  first.traffic.record(record({ requestId: "before" }), context);
  await first.traffic.close();
  await using second = start("again");
  assert.equal((await second.traffic.call("before"))?.request_id, "before");
});

test("a file that is no database is told of once, and hurts no call; when it is gone, calls are kept again", async () => {
  const path = join(folder, "broken.db");
  await writeFile(path, "this is no database, but a text of some length".repeat(100));
  await using started = start("broken", { path });
  for (let i = 0; i < 3; i++) {
    started.traffic.record(record(), context);
    await assert.rejects(started.traffic.calls({ limit: 1 }), /not a database/);
  }
  assert.equal(started.warnings.length, 1);
  assert.match(
    started.warnings[0] ?? "",
    /broken\.db: file is not a database\. Move the file away, or set TRAFFIC=off\./,
  );
  await rm(path);
  started.traffic.record(record({ requestId: "well" }), context);
  assert.equal((await started.traffic.calls({ limit: 1 })).data[0]?.request_id, "well");
});

test("a database of another version is left alone", async () => {
  await using first = start("newer");
  first.traffic.record(record(), context);
  await first.traffic.calls({ limit: 1 });
  const database = new DatabaseSync(first.path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  await using second = start("newer");
  await assert.rejects(second.traffic.calls({ limit: 1 }), /another version/);
});

test("who watches sees calls as they end, until it leaves or the server stops", async () => {
  await using started = start("live");
  const left = new AbortController();
  const watching = started.traffic.live.watch(left.signal);
  const first = watching.next();
  started.traffic.record(record({ requestId: "a" }), context);
  assert.deepEqual(
    (await first).value?.map(({ request_id }: { request_id: string }) => request_id),
    ["a"],
  );
  left.abort();
  assert.equal((await watching.next()).done, true);
  assert.equal(started.traffic.live.isWatched(), false);

  const other = started.traffic.live.watch(new AbortController().signal);
  const waiting = other.next();
  started.traffic.live.end();
  assert.equal((await waiting).done, true);
});

test("who watches and does not read misses the oldest", async () => {
  await using started = start("slow-watcher");
  const watching = started.traffic.live.watch(new AbortController().signal);
  for (let i = 0; i < 2_000; i++) started.traffic.record(record({ requestId: `${i}` }), context);
  const { value } = await watching.next();
  assert.equal(value?.length, 500);
  assert.equal(value?.at(-1)?.request_id, "1999");
});
