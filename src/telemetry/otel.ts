import { setTimeout } from "node:timers/promises";
import {
  type Attributes,
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { AttemptRecord, CallRecord, Recorder, RequestHeaders } from "./record.ts";

/** Traces and metrics of calls, sent to an OpenTelemetry collector. Import it only where that is wanted: it is large. */
export interface Otlp {
  readonly record: Recorder;
  /** Sends what is left, within `CLOSE_MS`. */
  close(): Promise<void>;
}

export interface OtlpOptions {
  /** Without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  /** From a provider's name to that of the conventions. */
  readonly providerName: (name: string) => string;
  /** The model to count a call by, of a closed set. */
  readonly modelOf: (record: CallRecord) => string;
  /** Told of the first failure. */
  readonly warn: (message: string) => void;
}

const SCOPE = "omniport";
const TIMEOUT_MS = 5_000;
/** A collector that is not there does not keep the server. */
const CLOSE_MS = 2_000;

/** Sources: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics */
const DURATION_BOUNDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKEN_BOUNDS = Array.from({ length: 14 }, (_, power) => 4 ** power);

/**
 * A span a call and a span an attempt, made when the call is over.
 * Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans
 */
export function createOtlp({ endpoint, headers, providerName, modelOf, warn, ...options }: OtlpOptions): Otlp {
  warnOnce(endpoint, warn);
  const resource = resourceFromAttributes(options.resource);
  const sending = { headers: { ...headers }, timeoutMillis: TIMEOUT_MS };
  const traceExporter = new OTLPTraceExporter({ ...sending, url: `${endpoint}/v1/traces` });
  const traces = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor({ exporter: traceExporter })],
  });
  const metricExporter = new OTLPMetricExporter({ ...sending, url: `${endpoint}/v1/metrics` });
  const readers = [new PeriodicExportingMetricReader({ exporter: metricExporter, exportTimeoutMillis: TIMEOUT_MS })];
  const meters = new MeterProvider({ resource, readers });

  const tracer = traces.getTracer(SCOPE);
  const meter = meters.getMeter(SCOPE);
  const durations = meter.createHistogram("gen_ai.client.operation.duration", {
    unit: "s",
    description: "GenAI operation duration.",
    advice: { explicitBucketBoundaries: DURATION_BOUNDS },
  });
  const tokens = meter.createHistogram("gen_ai.client.token.usage", {
    unit: "{token}",
    description: "Number of input and output tokens used.",
    advice: { explicitBucketBoundaries: TOKEN_BOUNDS },
  });

  const span = (record: CallRecord, headers: RequestHeaders): void => {
    const { operation, model, startedAtMs, durationMs } = record;
    const span = tracer.startSpan(
      `${operation} ${model}`,
      { kind: SpanKind.SERVER, startTime: startedAtMs, attributes: callAttributes(record, providerName) },
      parentOf(headers),
    );
    const context = trace.setSpan(ROOT_CONTEXT, span);
    for (const attempt of record.attempts ?? []) attemptSpan(context, record, attempt);
    if (record.outcome === "failed") fail(span, record.errorMessage);
    span.end(startedAtMs + durationMs);
  };

  const attemptSpan = (context: Context, { operation, startedAtMs }: CallRecord, attempt: AttemptRecord): void => {
    const { target, startMs, durationMs, outcome } = attempt;
    const startTime = startedAtMs + startMs;
    const attributes = attemptAttributes(operation, attempt, providerName);
    const span = tracer.startSpan(`${operation} ${target}`, { kind: SpanKind.CLIENT, startTime, attributes }, context);
    if (outcome !== "ok" && outcome !== "aborted") fail(span, outcome);
    span.end(startTime + durationMs);
  };

  const measure = (record: CallRecord): void => {
    const { provider, model } = parts(modelOf(record));
    const { operation, durationMs, promptTokens, completionTokens } = record;
    const attributes = {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": providerName(provider),
      "gen_ai.request.model": model,
    };
    durations.record(durationMs / 1000, { ...attributes, ...errorType(record) });
    if (promptTokens !== undefined) tokens.record(promptTokens, { ...attributes, "gen_ai.token.type": "input" });
    if (completionTokens !== undefined) {
      tokens.record(completionTokens, { ...attributes, "gen_ai.token.type": "output" });
    }
  };

  return {
    record(record, { headers }) {
      span(record, headers);
      measure(record);
    },
    async close() {
      const left = new AbortController();
      const sent = Promise.allSettled([traces.shutdown(), meters.shutdown()]); // what failed has been told
      await Promise.race([sent, setTimeout(CLOSE_MS, undefined, { signal: left.signal })]);
      left.abort();
    },
  };
}

function callAttributes(record: CallRecord, providerName: (name: string) => string): Attributes {
  const { provider, providerModel, finishReason, promptTokens, completionTokens, cachedTokens } = record;
  return defined({
    "gen_ai.operation.name": record.operation,
    "gen_ai.provider.name": provider === undefined ? undefined : providerName(provider),
    "gen_ai.request.model": record.model,
    "gen_ai.response.model": record.outcome === "complete" ? providerModel : undefined,
    "gen_ai.response.finish_reasons": finishReason === undefined ? undefined : [finishReason],
    "gen_ai.usage.input_tokens": promptTokens,
    "gen_ai.usage.output_tokens": completionTokens,
    "gen_ai.usage.cache_read.input_tokens": cachedTokens,
    "http.response.status_code": record.errorStatus,
    "omniport.request_id": record.requestId,
    "omniport.outcome": record.outcome,
    "omniport.stream": record.stream,
    "omniport.translation": record.translation,
    "omniport.first_chunk_ms": record.firstChunkMs,
    "omniport.gateway_ms": record.gatewayMs,
    "omniport.cost_usd": record.costMicroUsd === undefined ? undefined : record.costMicroUsd / 1e6,
    ...errorType(record),
  });
}

function attemptAttributes(
  operation: string,
  { target, outcome, status, promptTokens, completionTokens }: AttemptRecord,
  providerName: (name: string) => string,
): Attributes {
  const { provider, model } = parts(target);
  return defined({
    "gen_ai.operation.name": operation,
    "gen_ai.provider.name": providerName(provider),
    "gen_ai.request.model": model,
    "gen_ai.usage.input_tokens": promptTokens,
    "gen_ai.usage.output_tokens": completionTokens,
    "http.response.status_code": status,
    "error.type": outcome === "ok" ? undefined : outcome,
  });
}

function errorType({ outcome, errorCode, errorStatus }: CallRecord): Attributes {
  return outcome === "failed" ? { "error.type": errorCode ?? String(errorStatus ?? "_OTHER") } : {};
}

function fail(span: Span, message = ""): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** The caller's own span, where it has sent one. Source: https://www.w3.org/TR/trace-context/#traceparent-header */
function parentOf({ traceparent }: RequestHeaders): Context {
  const sent = typeof traceparent === "string" ? traceparent : "";
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(sent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}

function parts(target: string): { readonly provider: string; readonly model: string } {
  const slash = target.indexOf("/");
  return { provider: slash < 0 ? target : target.slice(0, slash), model: target.slice(slash + 1) };
}

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function warnOnce(endpoint: string, warn: (message: string) => void): void {
  let hasWarned = false;
  const error = (why: string): void => {
    if (!hasWarned) warn(`traces and metrics cannot be sent to ${endpoint}: ${why.slice(0, 500)}`);
    hasWarned = true;
  };
  const silent = (): void => undefined;
  diag.setLogger(
    { error, warn: silent, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}
