import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type {
  CallContent,
  CallDetails,
  CallOutcome,
  CallPage,
  CallSummary,
  ModelTraffic,
  TrafficBucket,
  TrafficFigures,
  TrafficStats,
} from "../../api/admin.ts";
import { percentile } from "./latency.ts";
import { MINUTE_MS } from "./roll-up.ts";
import { COLUMNS, callDetails, type CallRow, callSummary } from "./rows.ts";

export interface CallsQuery {
  /** The `next` of the page before. */
  readonly before?: number;
  readonly limit: number;
  /** The name that the client used, or the model that answered. */
  readonly model?: string;
  readonly outcome?: CallOutcome;
}

const LISTED = COLUMNS.filter((column) => column !== "details").join(", ");

/** Calls, the newest first: as fast on the last page as on the first. */
export function calls(database: DatabaseSync, query: CallsQuery): Pick<CallPage, "data" | "next"> {
  const { sql, values } = callsSql(query);
  const rows = database.prepare(sql).all(...values) as unknown as (CallRow & { readonly id: number })[];
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return { data: page.map(listed), next: last?.id ?? null };
}

function listed(row: CallRow & { readonly id: number }): CallSummary {
  const { id: _, ...columns } = row;
  return callSummary(columns);
}

/** One row more than the page has tells whether there is another page. */
export function callsSql({ before, limit, model, outcome }: CallsQuery): {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
} {
  const cursor = before ?? Number.MAX_SAFE_INTEGER;
  const is = outcome === undefined ? "" : ` AND outcome = '${outcome}'`; // a word of a closed set
  if (outcome === "failed" || outcome === "aborted") {
    // They are few, and have an index of their own, which SQLite takes when it is told its condition.
    const who = model === undefined ? "" : " AND (model = ? OR target = ?)";
    const sql = `SELECT id, ${LISTED} FROM calls
      WHERE outcome <> 'complete' AND id < ?${is}${who} ORDER BY id DESC LIMIT ?`;
    return { sql, values: [cursor, ...(model === undefined ? [] : [model, model]), limit + 1] };
  }
  if (model === undefined) {
    const sql = `SELECT id, ${LISTED} FROM calls WHERE id < ?${is} ORDER BY id DESC LIMIT ?`;
    return { sql, values: [cursor, limit + 1] };
  }
  const newest = (who: string): string =>
    `SELECT id FROM (SELECT id FROM calls WHERE ${who}${is} AND id < ? ORDER BY id DESC LIMIT ?)`;
  const ids = `${newest("model = ?")} UNION ${newest("target = ? AND target <> model")}`;
  const sql = `SELECT id, ${LISTED} FROM calls WHERE id IN (${ids}) ORDER BY id DESC LIMIT ?`;
  return { sql, values: [model, cursor, limit + 1, model, cursor, limit + 1, limit + 1] };
}

/** The latest call of that id: clients may use one again. */
export function call(database: DatabaseSync, requestId: string): Omit<CallDetails, "recording"> | undefined {
  const row = database
    .prepare(`SELECT id, ${COLUMNS.join(", ")} FROM calls WHERE request_id = ? ORDER BY id DESC LIMIT 1`)
    .get(requestId) as unknown as (CallRow & { readonly id: number }) | undefined;
  if (!row) return undefined;
  const { id, ...columns } = row;
  const content = contentOf(database, id);
  return { ...callDetails(columns), ...(content && { content }) };
}

function contentOf(database: DatabaseSync, id: number): CallContent | undefined {
  const row = database.prepare("SELECT request, answer, is_cut FROM contents WHERE call_id = ?").get(id);
  if (!row) return undefined;
  const { request, answer, is_cut } = row as { request: string; answer: string | null; is_cut: number };
  return { request, ...(answer !== null && { answer }), is_cut: is_cut === 1 };
}

/** How long a bucket of each chart is, and how many there are. */
const SPANS = { hour: { minutes: 1, buckets: 60 }, day: { minutes: 15, buckets: 96 } } as const;

export type Span = keyof typeof SPANS;

/** Sums of one bucket and model. */
interface Sums {
  bucket: number;
  model: string;
  calls: number;
  failed: number;
  aborted: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_micro_usd: number;
  /** By bucket of `latency.ts`. */
  durations: Map<number, number>;
  firstChunks: Map<number, number>;
}

/** The last hour or day up to now. */
export function stats(database: DatabaseSync, span: Span, now: number = Date.now()): Omit<TrafficStats, "recording"> {
  const { minutes, buckets } = SPANS[span];
  const last = Math.floor(now / MINUTE_MS / minutes);
  const first = last - buckets + 1;
  const sums = readSums(database, minutes, first * minutes);
  const bucketMs = minutes * MINUTE_MS;
  const models = [...Map.groupBy(sums, ({ model }) => model)].map(([model, own]): ModelTraffic => ({
    model,
    total: figures(own),
    buckets: byTime(own, bucketMs),
  }));
  return {
    span,
    bucket_ms: bucketMs,
    from: first * bucketMs,
    to: last * bucketMs,
    total: figures(sums),
    buckets: byTime(sums, bucketMs),
    models: models.toSorted((a, b) => b.total.calls - a.total.calls),
  };
}

function readSums(database: DatabaseSync, minutes: number, firstMinute: number): readonly Sums[] {
  const sums = new Map<string, Sums>();
  for (const row of database.prepare(sumsSql(minutes)).iterate(firstMinute)) {
    const sum = row as unknown as Omit<Sums, "durations" | "firstChunks">;
    sums.set(`${sum.bucket} ${sum.model}`, { ...sum, durations: new Map(), firstChunks: new Map() });
  }
  for (const row of database.prepare(latenciesSql(minutes)).iterate(firstMinute)) {
    const { bucket, model, kind, latency, calls } = row as unknown as LatencyRow;
    const sum = sums.get(`${bucket} ${model}`);
    (kind === "call" ? sum?.durations : sum?.firstChunks)?.set(latency, calls);
  }
  return [...sums.values()];
}

interface LatencyRow {
  readonly bucket: number;
  readonly model: string;
  readonly kind: "call" | "first_chunk";
  readonly latency: number;
  readonly calls: number;
}

export const sumsSql = (minutes: number): string => `
  SELECT minute / ${minutes} AS bucket, model, sum(calls) AS calls, sum(failed) AS failed, sum(aborted) AS aborted,
    sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens, sum(cost_micro_usd) AS cost_micro_usd
  FROM minutes WHERE minute >= ? GROUP BY bucket, model ORDER BY bucket`;

export const latenciesSql = (minutes: number): string => `
  SELECT minute / ${minutes} AS bucket, model, kind, latencies.bucket AS latency, sum(calls) AS calls
  FROM latencies WHERE minute >= ? GROUP BY 1, model, kind, latency`;

function byTime(sums: readonly Sums[], bucketMs: number): readonly TrafficBucket[] {
  const byBucket = [...Map.groupBy(sums, ({ bucket }) => bucket)];
  return byBucket.map(([bucket, own]) => ({ at: bucket * bucketMs, ...figures(own) }));
}

function figures(sums: readonly Sums[]): TrafficFigures {
  const total = (
    of: "calls" | "failed" | "aborted" | "prompt_tokens" | "completion_tokens" | "cost_micro_usd",
  ): number => sums.reduce((sum, one) => sum + one[of], 0);
  const durations = merged(sums.map((one) => one.durations));
  const firstChunks = merged(sums.map((one) => one.firstChunks));
  return {
    calls: total("calls"),
    failed: total("failed"),
    aborted: total("aborted"),
    ...rounded("p50_ms", percentile(durations, 0.5)),
    ...rounded("p95_ms", percentile(durations, 0.95)),
    ...rounded("first_chunk_p50_ms", percentile(firstChunks, 0.5)),
    ...rounded("first_chunk_p95_ms", percentile(firstChunks, 0.95)),
    prompt_tokens: total("prompt_tokens"),
    completion_tokens: total("completion_tokens"),
    cost_usd: total("cost_micro_usd") / 1e6,
  };
}

function rounded<Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, number>>;
}

function merged(all: readonly ReadonlyMap<number, number>[]): ReadonlyMap<number, number> {
  const [first = new Map<number, number>(), ...others] = all;
  if (others.length === 0) return first;
  const sum = new Map(first);
  for (const counts of others) for (const [bucket, calls] of counts) sum.set(bucket, (sum.get(bucket) ?? 0) + calls);
  return sum;
}
