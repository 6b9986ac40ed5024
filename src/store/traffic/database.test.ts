import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { DatabaseSync } from "node:sqlite";
import { openTraffic, write } from "./database.ts";
import { call, calls, type CallsQuery, callsSql, latenciesSql, stats, sumsSql } from "./queries.ts";

const CALLS = 1_000_000;
/** One a second, up to this moment. */
const NOW = Date.UTC(2026, 0, 31);

/** Half a million by their own names, the others by an alias; every fiftieth fails. */
const FILL = `
  WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${CALLS})
  INSERT INTO calls (request_id, at, operation, stream, model, target, outcome, duration_ms, attempts, details)
  SELECT 'r' || i, ${NOW} - (${CALLS} - i) * 1000, 'chat', 0,
    iif(i % 2, 'alias', 'openai/m' || (i % 20)), 'openai/m' || (i % 20), iif(i % 50, 'complete', 'failed'),
    i % 1000, 1, '{"tries":[],"headers":{}}'
  FROM n`;

const FILL_MINUTES = `
  INSERT INTO minutes SELECT (at + duration_ms) / 60000 AS minute, target, count(*), sum(outcome = 'failed'), 0, 0, 0, 0
  FROM calls WHERE id > ${CALLS} - 200000 GROUP BY minute, target;
  INSERT INTO latencies
  SELECT (at + duration_ms) / 60000 AS minute, target, 'call', CAST(4 * log2(max(duration_ms, 1)) AS INTEGER) AS bucket, count(*)
  FROM calls WHERE id > ${CALLS} - 200000 AND outcome = 'complete' GROUP BY minute, target, bucket`;

let folder: string;
let database: DatabaseSync;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-million-"));
  database = openTraffic(join(folder, "traffic.db"));
  database.exec(`PRAGMA synchronous = OFF; BEGIN; ${FILL}; ${FILL_MINUTES}; COMMIT`);
});

after(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

/** How SQLite goes about it. */
function plan(sql: string, values: readonly (string | number)[]): string {
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  return steps.map(({ detail }) => String(detail)).join("; ");
}

const QUERIES: readonly (readonly [query: CallsQuery, index: RegExp])[] = [
  [{ limit: 50 }, /^SEARCH calls USING INTEGER PRIMARY KEY \(rowid<\?\)$/],
  [{ limit: 50, before: 60 }, /^SEARCH calls USING INTEGER PRIMARY KEY \(rowid<\?\)$/],
  [{ limit: 50, outcome: "failed" }, /^SEARCH calls USING INDEX calls_unanswered \(outcome=\? AND rowid<\?\)$/],
  [{ limit: 50, model: "openai/m10", outcome: "failed" }, /^SEARCH calls USING INDEX calls_unanswered/],
  [
    { limit: 50, model: "alias" },
    /calls_by_model \(model=\? AND rowid<\?\).*calls_by_target \(target=\? AND rowid<\?\)/,
  ],
  [{ limit: 50, model: "openai/m3", outcome: "complete" }, /calls_by_model .*calls_by_target /],
];

for (const [query, index] of QUERIES) {
  test(`of a million calls, ${JSON.stringify(query)} are found by an index`, () => {
    const { sql, values } = callsSql(query);
    assert.match(plan(sql, values as readonly (string | number)[]), index);
    assert.doesNotMatch(plan(sql, values as readonly (string | number)[]), /SCAN calls/);
    assert.equal(calls(database, query).data.length, 50);
  });
}

test("the pages of a million calls lead to the very first", () => {
  const { data, next } = calls(database, { limit: 50, before: 51 });
  assert.deepEqual([data.length, data.at(-1)?.request_id, next], [50, "r1", null]);
});

test("a model's calls by its own name and by its alias come in one order", () => {
  const { data } = calls(database, { limit: 4, model: "openai/m3" });
  assert.deepEqual(
    data.map(({ request_id }) => request_id),
    ["r999983", "r999963", "r999943", "r999923"],
  );
});

test("one of a million calls is found by its id", () => {
  assert.equal(call(database, "r500000")?.at, NOW - 500_000_000);
  assert.match(
    plan("SELECT id FROM calls WHERE request_id = ? ORDER BY id DESC", ["r5"]),
    /calls_by_request \(request_id=\?\)/,
  );
});

test("charts are read from the roll-ups of their span alone", () => {
  for (const sql of [sumsSql(15), latenciesSql(15)])
    assert.match(plan(sql, [1]), /SEARCH \w+ USING PRIMARY KEY \(minute>\?\)/);
  const day = stats(database, "day", NOW);
  assert.equal(day.buckets.length, 96);
  assert.equal(day.models.length, 20);
  const middle = day.buckets[50];
  assert.equal(middle?.calls, 900);
  assert.equal(middle?.failed, 18);
  const { p50_ms = 0, p95_ms = 0 } = middle ?? {};
  assert.ok(p50_ms > 400 && p50_ms < 600 && p95_ms > 760 && p95_ms < 1140, `${p50_ms} ${p95_ms}`);
  assert.equal(stats(database, "hour", NOW).buckets.length, 60);
});

test("a smaller limit takes effect little by little, and no write takes long for it", () => {
  const count = (): number => Number(database.prepare("SELECT count(*) AS n FROM calls").get()?.["n"]);
  write(database, { calls: [], rollUps: [] }, { maxCalls: 10, maxAgeMs: 1e12, recordContent: false }, NOW);
  assert.equal(count(), CALLS - 2_000);
  write(database, { calls: [], rollUps: [] }, { maxCalls: CALLS, maxAgeMs: 0, recordContent: false }, NOW);
  assert.equal(count(), CALLS - 4_000);
});
