import type { CallDetails, CallPage, CallSummary, TrafficStats } from "../../api/admin.ts";
import type { CallContext, CallRecord, Recorder } from "../../telemetry/record.ts";
import type { Batch, Keep } from "./database.ts";
import { createLiveCalls, type LiveCalls } from "./live.ts";
import type { CallsQuery, Span } from "./queries.ts";
import { createRollUps } from "./roll-up.ts";
import { callSummary, writtenCall } from "./rows.ts";
import { createDatabaseThread } from "./thread.ts";
import type { Question } from "./traffic-thread.ts";

/** The calls of the last weeks, in a file of this machine. */
export interface Traffic {
  /** Takes a call's record; never waits, never throws. */
  readonly record: Recorder;
  /** Each rejects where the file cannot be read. */
  calls(query: CallsQuery): Promise<Pick<CallPage, "data" | "next">>;
  call(requestId: string): Promise<Omit<CallDetails, "recording"> | undefined>;
  stats(span: Span): Promise<Omit<TrafficStats, "recording">>;
  /** The calls of this process, as they end. */
  readonly live: LiveCalls;
  /** Writes what has come so far; never rejects. */
  flush(): Promise<void>;
  /** Writes what is left, within `CLOSE_MS`. */
  close(): Promise<void>;
}

export interface TrafficOptions extends Keep {
  readonly path: string;
  /** The name to count a call by, of a closed set. */
  readonly modelOf: (record: CallRecord) => string;
  /** Told once of a fault, and once more if another comes after it was over. */
  readonly warn: (message: string) => void;
}

const WRITE_EVERY_MS = 1_000;
/**
 * More calls than this, in the time between two writes, are counted, but not kept one by one: that costs as much as a
 * tenth of a call, and a list of more is read by nobody. Those that failed have room for as many again.
 */
const MAX_CALLS_AT_ONCE = 500;
const CLOSE_MS = 2_000;

/** The calls of a second are handed over at once to a thread, which writes them in one transaction. */
export function createTraffic({ modelOf, warn, ...settings }: TrafficOptions): Traffic {
  const thread = createDatabaseThread(settings);
  const rollUps = createRollUps(modelOf);
  const live = createLiveCalls();
  let left: { readonly record: CallRecord; readonly context: CallContext }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let hasWarned = false;

  /** @throws what went wrong, which is told once. */
  const asked = async <Value>(question: Question): Promise<Value> => {
    try {
      const value = await thread.ask<Value>(question);
      hasWarned = false;
      return value;
    } catch (thrown) {
      if (!hasWarned) warn(warning(settings.path, thrown));
      hasWarned = true;
      throw thrown;
    }
  };

  /** One write at a time: while one waits for its turn at the file, what comes is kept within the same bound. */
  const flush = async (): Promise<void> => {
    await writing;
    clearTimeout(timer);
    timer = undefined;
    if (left.length === 0) return;
    const calls = left.map(({ record, context }) => writtenCall(record, context));
    left = [];
    const batch: Batch = { calls, rollUps: rollUps.take() };
    writing = asked<void>({ about: "batch", batch }).catch(() => undefined); // nobody's call hangs on it
    await writing;
  };

  const isRoomFor = ({ outcome }: CallRecord): boolean =>
    left.length < (outcome === "failed" ? 2 * MAX_CALLS_AT_ONCE : MAX_CALLS_AT_ONCE);

  /** What has just happened is shown, too. */
  const ask = async <Value>(question: Question): Promise<Value> => {
    await flush();
    return asked<Value>(question);
  };

  return {
    record(record, context) {
      rollUps.add(record);
      if (isRoomFor(record)) left.push({ record, context });
      if (live.isWatched()) live.tell(summaryOf(record, context));
      timer ??= setTimeout(() => void flush(), WRITE_EVERY_MS).unref();
    },
    calls: (query) => ask({ about: "calls", query }),
    call: (requestId) => ask({ about: "call", requestId }),
    stats: (span) => ask({ about: "stats", span }),
    live,
    flush,
    async close() {
      live.end();
      const deadline = Promise.withResolvers<void>();
      const timer = setTimeout(deadline.resolve, CLOSE_MS);
      await Promise.race([flush(), deadline.promise]);
      clearTimeout(timer);
      await thread.end();
    },
  };
}

function summaryOf(record: CallRecord, context: CallContext): CallSummary {
  const { details: _, ...row } = writtenCall(record, context).row;
  return callSummary(row);
}

function warning(path: string, thrown: unknown): string {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return `calls are not recorded at the moment: ${path}: ${why}. Move the file away, or set TRAFFIC=off.`;
}
