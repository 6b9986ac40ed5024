import type { CallCounts } from "./counts.ts";
import { expositionText, type Family, histogramSamples, type Labels, type Sample } from "./exposition.ts";
import type { Histogram } from "./histogram.ts";

/** `GET /metrics` */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/**
 * @param families of all calls and processes.
 * @param gauges what can be read at any time, such as how busy the limits are.
 */
export function createMetrics(
  families: () => Promise<readonly Family[]>,
  gauges: () => Promise<readonly Family[]>,
): Metrics {
  return {
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    async text() {
      const [counted, current] = await Promise.all([families(), gauges()]);
      return expositionText([...counted, ...current]);
    },
  };
}

/** What has been counted of calls. */
export function callFamilies(all: readonly CallCounts[]): readonly Family[] {
  return [
    counter("calls_total", "Calls that have ended.", all, ({ calls }) => labelled("outcome", Object.entries(calls))),
    counter("call_errors_total", "Calls that failed, by what went wrong.", all, ({ errors }) =>
      labelled("error", [...errors]),
    ),
    counter("tokens_total", "Tokens; cached_input is a part of input.", all, ({ tokens }) =>
      labelled("type", Object.entries(tokens)),
    ),
    counter("cost_usd_total", "What calls have cost, where the model's price is known.", all, ({ costMicroUsd }) =>
      costMicroUsd === 0 ? [] : [{ labels: {}, value: costMicroUsd / 1e6 }],
    ),
    counter("retries_total", "Attempts that asked the same target again.", all, ({ retries }) => [
      { labels: {}, value: retries },
    ]),
    counter("fallbacks_total", "Attempts that asked another target.", all, ({ fallbacks }) => [
      { labels: {}, value: fallbacks },
    ]),
    histogram("call_duration_seconds", "Of answered calls, to the end.", all, ({ durations }) => durations),
    histogram("first_chunk_seconds", "Of answered streams, to the first content.", all, (own) => own.firstChunks),
    histogram(
      "output_token_seconds",
      "Of answered streams, from one token to the next.",
      all,
      (own) => own.perOutputToken,
    ),
    histogram(
      "gateway_overhead_seconds",
      "Of answered calls, up to a stream's first content: all but the waits for providers.",
      all,
      ({ gateway }) => gateway,
    ),
  ];
}

function counter(
  name: string,
  help: string,
  all: readonly CallCounts[],
  samplesOf: (counts: CallCounts) => readonly Sample[],
): Family {
  const samples = all.flatMap((counts) =>
    samplesOf(counts).map(({ labels, value }) => ({ labels: { ...labelsOf(counts), ...labels }, value })),
  );
  return { name: `omniport_${name}`, help, type: "counter", samples };
}

function histogram(
  name: string,
  help: string,
  all: readonly CallCounts[],
  histogramOf: (counts: CallCounts) => Histogram,
): Family {
  const samples = all.flatMap((counts) => {
    const own = histogramOf(counts);
    return own.counts.some((count) => count > 0) ? histogramSamples(labelsOf(counts), own) : [];
  });
  return { name: `omniport_${name}`, help, type: "histogram", samples };
}

function labelled(label: string, values: readonly (readonly [string, number])[]): readonly Sample[] {
  return values.map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function labelsOf({ model: name, operation }: CallCounts): Labels {
  const slash = name.indexOf("/");
  return slash < 0
    ? { provider: name, model: name, operation }
    : { provider: name.slice(0, slash), model: name.slice(slash + 1), operation };
}
