import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

type Value = { readonly stringValue?: string; readonly intValue?: number | string; readonly doubleValue?: number };

export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
  readonly status: { readonly code: number; readonly message?: string };
}

export interface SentMetric {
  readonly name: string;
  readonly unit: string;
  readonly histogram?: {
    readonly dataPoints: readonly { readonly count: number; readonly attributes: SentSpan["attributes"] }[];
  };
}

interface Sent {
  readonly resourceSpans?: readonly Resourceful<{ readonly scopeSpans: readonly { readonly spans: SentSpan[] }[] }>[];
  readonly resourceMetrics?: readonly Resourceful<{
    readonly scopeMetrics: readonly { readonly metrics: SentMetric[] }[];
  }>[];
}

type Resourceful<T> = T & { readonly resource: { readonly attributes: SentSpan["attributes"] } };

export interface FakeCollector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly SentSpan[];
  readonly metrics: readonly SentMetric[];
  readonly resources: readonly Readonly<Record<string, unknown>>[];
  readonly headers: readonly IncomingHttpHeaders[];
}

/** An OpenTelemetry collector that takes OTLP over HTTP in JSON. Source: https://opentelemetry.io/docs/specs/otlp */
export async function startFakeCollector(): Promise<FakeCollector> {
  const spans: SentSpan[] = [];
  const metrics: SentMetric[] = [];
  const resources: Readonly<Record<string, unknown>>[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(async (request, response) => {
    const sent = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()) as Sent;
    headers.push(request.headers);
    for (const { scopeSpans, resource } of sent.resourceSpans ?? []) {
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      resources.push(valuesOf(resource.attributes));
    }
    for (const { scopeMetrics } of sent.resourceMetrics ?? []) {
      metrics.push(...scopeMetrics.flatMap((scope) => scope.metrics));
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    resources,
    headers,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

export function valuesOf(attributes: SentSpan["attributes"]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
