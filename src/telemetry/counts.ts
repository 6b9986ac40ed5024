import {
  CALL_BOUNDS,
  createHistogram,
  FIRST_CHUNK_BOUNDS,
  GATEWAY_BOUNDS,
  type Histogram,
  observe,
  TOKEN_BOUNDS,
} from "./histogram.ts";
import type { ModelNames } from "./model-names.ts";
import type { CallRecord } from "./record.ts";

/** What went wrong, in a closed set of words. */
export type ErrorClass =
  | "invalid_request"
  | "authentication"
  | "not_found"
  | "timeout"
  | "rate_limit"
  | "overloaded"
  | "upstream";

/** What is counted of one model and operation since the start. */
export interface CallCounts {
  readonly model: string;
  readonly operation: CallRecord["operation"];
  readonly calls: Record<CallRecord["outcome"], number>;
  readonly errors: Map<ErrorClass, number>;
  readonly tokens: Record<"input" | "cached_input" | "output", number>;
  costMicroUsd: number;
  /** Attempts after the first: of the same target, and of another one. */
  retries: number;
  fallbacks: number;
  /** In seconds. */
  readonly durations: Histogram;
  readonly firstChunks: Histogram;
  readonly perOutputToken: Histogram;
  readonly gateway: Histogram;
}

export interface Counts {
  add(record: CallRecord): void;
  all(): readonly CallCounts[];
}

/** Counters by hand: a library's cost as much as a tenth of a call. */
export function createCounts(names: ModelNames): Counts {
  const counts = new Map<string, CallCounts>(); // bounded as the names are
  return {
    all: () => [...counts.values()],
    add(record) {
      const model = names.of(record);
      const key = `${record.operation} ${model}`;
      let own = counts.get(key);
      if (!own) counts.set(key, (own = noCounts(model, record.operation)));
      addTo(own, record);
    },
  };
}

function noCounts(model: string, operation: CallRecord["operation"]): CallCounts {
  return {
    model,
    operation,
    calls: { complete: 0, failed: 0, aborted: 0 },
    errors: new Map(),
    tokens: { input: 0, cached_input: 0, output: 0 },
    costMicroUsd: 0,
    retries: 0,
    fallbacks: 0,
    durations: createHistogram(CALL_BOUNDS),
    firstChunks: createHistogram(FIRST_CHUNK_BOUNDS),
    perOutputToken: createHistogram(TOKEN_BOUNDS),
    gateway: createHistogram(GATEWAY_BOUNDS),
  };
}

function addTo(counts: CallCounts, record: CallRecord): void {
  const { outcome, errorStatus, attempts = [] } = record;
  counts.calls[outcome]++;
  if (errorStatus !== undefined) {
    const error = errorClassOf(errorStatus);
    counts.errors.set(error, (counts.errors.get(error) ?? 0) + 1);
  }
  counts.tokens.input += record.promptTokens ?? 0;
  counts.tokens.cached_input += record.cachedTokens ?? 0;
  counts.tokens.output += record.completionTokens ?? 0;
  counts.costMicroUsd += record.costMicroUsd ?? 0;
  for (let i = 1; i < attempts.length; i++) {
    if (attempts[i]?.target === attempts[i - 1]?.target) counts.retries++;
    else counts.fallbacks++;
  }
  if (outcome === "complete") time(counts, record);
}

function time(counts: CallCounts, { durationMs, firstChunkMs, completionTokens = 0, gatewayMs }: CallRecord): void {
  observe(counts.durations, durationMs / 1000);
  if (gatewayMs !== undefined) observe(counts.gateway, gatewayMs / 1000);
  if (firstChunkMs === undefined) return;
  observe(counts.firstChunks, firstChunkMs / 1000);
  if (completionTokens > 1) observe(counts.perOutputToken, (durationMs - firstChunkMs) / 1000 / (completionTokens - 1));
}

export function errorClassOf(status: number): ErrorClass {
  switch (status) {
    case 401:
    case 403:
      return "authentication";
    case 404:
      return "not_found";
    case 408:
    case 504:
      return "timeout";
    case 429:
      return "rate_limit";
    case 503:
    case 529:
      return "overloaded";
    default:
      return status < 500 ? "invalid_request" : "upstream";
  }
}
