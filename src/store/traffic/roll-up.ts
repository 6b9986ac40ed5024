import type { CallRecord } from "../../telemetry/record.ts";
import { bucketOf } from "./latency.ts";

/** The calls of one minute and model, added up. */
export interface RollUp {
  /** Since 1970. */
  readonly minute: number;
  readonly model: string;
  calls: number;
  failed: number;
  aborted: number;
  promptTokens: number;
  completionTokens: number;
  costMicroUsd: number;
  /** How many of the answered calls are in each bucket of `latency.ts`. */
  readonly durations: Map<number, number>;
  readonly firstChunks: Map<number, number>;
}

export interface RollUps {
  add(record: CallRecord): void;
  /** Those since the last time. */
  take(): readonly RollUp[];
}

export const MINUTE_MS = 60_000;

/** @param modelOf the name to count by, of a closed set. */
export function createRollUps(modelOf: (record: CallRecord) => string): RollUps {
  let open = new Map<string, RollUp>();
  return {
    add(record) {
      const model = modelOf(record);
      const minute = Math.floor((record.startedAtMs + record.durationMs) / MINUTE_MS);
      const key = `${minute} ${model}`;
      let rollUp = open.get(key);
      if (!rollUp) open.set(key, (rollUp = emptyRollUp(minute, model)));
      addTo(rollUp, record);
    },
    take() {
      const taken = [...open.values()];
      open = new Map();
      return taken;
    },
  };
}

function emptyRollUp(minute: number, model: string): RollUp {
  return {
    minute,
    model,
    calls: 0,
    failed: 0,
    aborted: 0,
    promptTokens: 0,
    completionTokens: 0,
    costMicroUsd: 0,
    durations: new Map(),
    firstChunks: new Map(),
  };
}

function addTo(rollUp: RollUp, record: CallRecord): void {
  const { outcome, promptTokens = 0, completionTokens = 0, costMicroUsd = 0, durationMs, firstChunkMs } = record;
  rollUp.calls++;
  rollUp.promptTokens += promptTokens;
  rollUp.completionTokens += completionTokens;
  rollUp.costMicroUsd += costMicroUsd;
  if (outcome === "failed") rollUp.failed++;
  if (outcome === "aborted") rollUp.aborted++;
  if (outcome !== "complete") return;
  count(rollUp.durations, durationMs);
  if (firstChunkMs !== undefined) count(rollUp.firstChunks, firstChunkMs);
}

function count(counts: Map<number, number>, ms: number): void {
  const bucket = bucketOf(ms);
  counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
}
