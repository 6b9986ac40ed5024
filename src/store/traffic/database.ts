import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RollUp } from "./roll-up.ts";
import { COLUMNS, type WrittenCall } from "./rows.ts";

/** What is kept, and how long. */
export interface Keep {
  readonly maxCalls: number;
  readonly maxAgeMs: number;
  /** False: what was said in earlier calls goes, too. */
  readonly recordContent: boolean;
}

/** What came in a second or so. */
export interface Batch {
  readonly calls: readonly WrittenCall[];
  readonly rollUps: readonly RollUp[];
}

const VERSION = 1;

/**
 * A call a row, roll-ups for the charts, and what was said for the latest calls. The numbers of the calls rise in the order
 * in which they are written, and are never used again: they are the cursor, and the age.
 */
const SCHEMA = `
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    operation TEXT NOT NULL,
    stream INTEGER NOT NULL,
    model TEXT NOT NULL,
    target TEXT,
    outcome TEXT NOT NULL,
    error_status INTEGER,
    error_code TEXT,
    finish_reason TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cached_tokens INTEGER,
    cost_micro_usd REAL,
    duration_ms INTEGER NOT NULL,
    first_chunk_ms INTEGER,
    attempts INTEGER NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX calls_by_request ON calls (request_id);
  CREATE INDEX calls_by_model ON calls (model);
  CREATE INDEX calls_by_target ON calls (target) WHERE target <> model;
  CREATE INDEX calls_unanswered ON calls (outcome) WHERE outcome <> 'complete';

  CREATE TABLE contents (
    call_id INTEGER PRIMARY KEY,
    request TEXT NOT NULL,
    answer TEXT,
    is_cut INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE minutes (
    minute INTEGER NOT NULL,
    model TEXT NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    aborted INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_micro_usd REAL NOT NULL,
    PRIMARY KEY (minute, model)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE latencies (
    minute INTEGER NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL, -- 'call' or 'first_chunk'
    bucket INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (minute, model, kind, bucket)
  ) STRICT, WITHOUT ROWID;
`;

const INSERT_CALL = `INSERT INTO calls (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})`;
const INSERT_CONTENT = "INSERT INTO contents (call_id, request, answer, is_cut) VALUES (?, ?, ?, ?)";
const ADD_MINUTE = `INSERT INTO minutes VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
  calls = calls + excluded.calls, failed = failed + excluded.failed, aborted = aborted + excluded.aborted,
  prompt_tokens = prompt_tokens + excluded.prompt_tokens,
  completion_tokens = completion_tokens + excluded.completion_tokens,
  cost_micro_usd = cost_micro_usd + excluded.cost_micro_usd`;
const ADD_LATENCY =
  "INSERT INTO latencies VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls";

/** Other processes write, too: how long a turn is waited for. */
const BUSY_MS = 5_000;
const ASK_AGAIN_MS = 10;
/** SQLite's result code where another connection is in the way. */
const SQLITE_BUSY = 5;
/** So many of the oldest are looked at with each batch, which brings fewer: a lower limit takes effect little by little. */
const PRUNED_AT_ONCE = 2_000;
const MAX_CONTENTS = 10_000;
const MAX_MINUTES = 2 * 24 * 60;

/**
 * Opens the file, which only this user may read, and makes it where there is none. Blocks while others are in the way.
 * @throws where it cannot be had, or is not what it should be.
 */
export function openTraffic(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    keepLogAhead(database);
    within(database, () => makeTables(database));
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/**
 * Readers and the one who writes are not in each other's way then. Two who ask for it first, at the same time, are: there
 * SQLite waits for nobody, as each might wait for the other.
 * Source: https://www.sqlite.org/c3ref/busy_handler.html
 */
function keepLogAhead(database: DatabaseSync): void {
  const end = performance.now() + BUSY_MS;
  for (;;) {
    try {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216");
      return;
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() > end) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASK_AGAIN_MS);
    }
  }
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && "errcode" in thrown && thrown.errcode === SQLITE_BUSY;
}

/** Writes a batch in one transaction, and removes what is too old or too much. */
export function write(database: DatabaseSync, { calls, rollUps }: Batch, keep: Keep, now: number = Date.now()): void {
  within(database, () => {
    writeCalls(database, calls);
    writeRollUps(database, rollUps);
    prune(database, keep, now);
  });
}

function writeCalls(database: DatabaseSync, calls: readonly WrittenCall[]): void {
  const insert = database.prepare(INSERT_CALL);
  const insertContent = database.prepare(INSERT_CONTENT);
  for (const { row, content } of calls) {
    const { lastInsertRowid } = insert.run(...COLUMNS.map((column) => row[column]));
    if (content) insertContent.run(lastInsertRowid, content.request, content.answer ?? null, content.is_cut ? 1 : 0);
  }
}

function writeRollUps(database: DatabaseSync, rollUps: readonly RollUp[]): void {
  const addMinute = database.prepare(ADD_MINUTE);
  const addLatency = database.prepare(ADD_LATENCY);
  for (const { minute, model, durations, firstChunks, ...sums } of rollUps) {
    const { calls, failed, aborted, promptTokens, completionTokens, costMicroUsd } = sums;
    addMinute.run(minute, model, calls, failed, aborted, promptTokens, completionTokens, costMicroUsd);
    for (const [bucket, calls] of durations) addLatency.run(minute, model, "call", bucket, calls);
    for (const [bucket, calls] of firstChunks) addLatency.run(minute, model, "first_chunk", bucket, calls);
  }
}

function prune(database: DatabaseSync, { maxCalls, maxAgeMs, recordContent }: Keep, now: number): void {
  database
    .prepare(
      `DELETE FROM calls WHERE id < (SELECT min(id) FROM calls) + ${PRUNED_AT_ONCE}
       AND (id <= (SELECT max(id) FROM calls) - ? OR at < ?)`,
    )
    .run(maxCalls, now - maxAgeMs);
  database.exec(`
    DELETE FROM contents WHERE call_id <= (SELECT max(id) FROM calls) - ${MAX_CONTENTS};
    DELETE FROM contents WHERE call_id < (SELECT min(id) FROM calls);
  `);
  if (!recordContent) database.exec("DELETE FROM contents");
  const oldest = Math.floor(now / 60_000) - MAX_MINUTES;
  for (const table of ["minutes", "latencies"]) database.prepare(`DELETE FROM ${table} WHERE minute < ?`).run(oldest);
}

function makeTables(database: DatabaseSync): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() ?? {};
  if (version === VERSION) return;
  if (version !== 0) throw new Error(`it was made by another version of Omniport (${String(version)})`);
  database.exec(`${SCHEMA}; PRAGMA user_version = ${VERSION}`);
}

/** All or nothing. */
function within(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (thrown) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw thrown;
  }
}
