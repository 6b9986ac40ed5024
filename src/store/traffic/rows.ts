import type { CallContent, CallDetails, CallSummary, CallTry } from "../../api/admin.ts";
import type { CallContext, CallRecord, RequestHeaders } from "../../telemetry/record.ts";

/** A call as the table `calls` has it; null where nothing is known. */
export interface CallRow {
  readonly request_id: string;
  readonly at: number;
  readonly operation: CallSummary["operation"];
  readonly stream: 0 | 1;
  readonly model: string;
  readonly target: string | null;
  readonly outcome: CallSummary["outcome"];
  readonly error_status: number | null;
  readonly error_code: string | null;
  readonly finish_reason: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly cached_tokens: number | null;
  readonly cost_micro_usd: number | null;
  readonly duration_ms: number;
  readonly first_chunk_ms: number | null;
  readonly attempts: number;
  /** JSON: what only one call's own page shows. */
  readonly details: string;
}

/** The order in which they are written. */
export const COLUMNS: readonly (keyof CallRow)[] = [
  "request_id",
  "at",
  "operation",
  "stream",
  "model",
  "target",
  "outcome",
  "error_status",
  "error_code",
  "finish_reason",
  "prompt_tokens",
  "completion_tokens",
  "cached_tokens",
  "cost_micro_usd",
  "duration_ms",
  "first_chunk_ms",
  "attempts",
  "details",
];

type Details = Pick<CallDetails, "error_message" | "translation" | "gateway_ms" | "tries" | "headers">;

/** A call to be written, and what was said in it. */
export interface WrittenCall {
  readonly row: CallRow;
  readonly content?: CallContent;
}

const MAX_NAME = 512;
const MAX_MESSAGE = 2_000;
const MAX_TRIES = 50;
const MAX_HEADER = 200;
/** Those that help to find out what a client did; none of them bears a key. */
const KEPT_HEADERS =
  /^(user-agent|accept|accept-language|content-type|content-length|origin|traceparent|x-request-id|x-stainless-[\w-]+|x-omniport-[\w-]+)$/;

export function writtenCall(record: CallRecord, { headers, content }: CallContext): WrittenCall {
  const { attempts = [], errorMessage, translation, gatewayMs } = record;
  const details: Details = {
    ...(errorMessage !== undefined && { error_message: errorMessage.slice(0, MAX_MESSAGE) }),
    ...(translation !== undefined && { translation: translation.slice(0, MAX_MESSAGE) }),
    ...(gatewayMs !== undefined && { gateway_ms: gatewayMs }),
    tries: attempts.slice(0, MAX_TRIES).map(tryOf),
    headers: kept(headers),
  };
  const row: CallRow = {
    request_id: record.requestId,
    at: record.startedAtMs,
    operation: record.operation,
    stream: record.stream ? 1 : 0,
    model: record.model.slice(0, MAX_NAME),
    target: targetOf(record) ?? null,
    outcome: record.outcome,
    error_status: record.errorStatus ?? null,
    error_code: record.errorCode?.slice(0, MAX_NAME) ?? null,
    finish_reason: record.finishReason?.slice(0, MAX_NAME) ?? null,
    prompt_tokens: record.promptTokens ?? null,
    completion_tokens: record.completionTokens ?? null,
    cached_tokens: record.cachedTokens ?? null,
    cost_micro_usd: record.costMicroUsd ?? null,
    duration_ms: record.durationMs,
    first_chunk_ms: record.firstChunkMs ?? null,
    attempts: attempts.length,
    details: JSON.stringify(details),
  };
  if (!content) return { row };
  const { isCut, ...said } = content;
  return { row, content: { ...said, is_cut: isCut } };
}

/** As lists show it. */
export function callSummary(row: Omit<CallRow, "details">): CallSummary {
  const { request_id, at, operation, stream, model, outcome, duration_ms, attempts, cost_micro_usd, ...optional } = row;
  return {
    request_id,
    at,
    operation,
    stream: stream === 1,
    model,
    ...known(optional),
    outcome,
    ...(cost_micro_usd !== null && { cost_usd: cost_micro_usd / 1e6 }),
    duration_ms,
    attempts,
  };
}

export function callDetails(row: CallRow): CallSummary & Details {
  const { details, ...rest } = row;
  return { ...callSummary(rest), ...(JSON.parse(details) as Details) };
}

type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], null> };

/** Without what is null. */
function known<T extends object>(values: T): Known<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Known<T>;
}

function targetOf({ provider, providerModel }: CallRecord): string | undefined {
  return provider === undefined ? undefined : `${provider}/${providerModel}`.slice(0, MAX_NAME);
}

function tryOf(attempt: NonNullable<CallRecord["attempts"]>[number]): CallTry {
  const { target, outcome, status, startMs, durationMs, firstChunkMs, promptTokens, completionTokens } = attempt;
  return {
    target: target.slice(0, MAX_NAME),
    outcome: outcome.slice(0, MAX_NAME),
    ...(status !== undefined && { status }),
    start_ms: startMs,
    duration_ms: durationMs,
    ...(firstChunkMs !== undefined && { first_chunk_ms: firstChunkMs }),
    ...(promptTokens !== undefined && { prompt_tokens: promptTokens }),
    ...(completionTokens !== undefined && { completion_tokens: completionTokens }),
  };
}

function kept(headers: RequestHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" && KEPT_HEADERS.test(name) ? [[name, value.slice(0, MAX_HEADER)]] : [],
    ),
  );
}
