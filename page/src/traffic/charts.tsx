import type { JSX } from "preact";
import type { TrafficStats } from "../../../src/api/admin.ts";
import { bigNumber, duration } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Chart } from "./chart.tsx";
import { values } from "./series.ts";

/** Calls, durations, first tokens and tokens over the time shown. */
export function Charts({ stats }: { readonly stats: TrafficStats }): JSX.Element {
  const { charts: words } = text.value.traffic;
  return (
    <div class="charts">
      <Chart
        title={words.calls}
        stats={stats}
        format={bigNumber}
        isStacked
        lines={[
          { name: words.failed, color: "bad", values: values(stats, ({ failed }) => failed, 0) },
          { name: words.complete, color: "accent", values: values(stats, ({ calls, failed }) => calls - failed, 0) },
        ]}
      />
      <Chart
        title={words.latency}
        stats={stats}
        format={duration}
        lines={[
          { name: words.p95, color: "warn", values: values(stats, ({ p95_ms }) => p95_ms, null) },
          { name: words.p50, color: "accent", values: values(stats, ({ p50_ms }) => p50_ms, null) },
        ]}
      />
      <Chart
        title={words.first}
        stats={stats}
        format={duration}
        lines={[
          { name: words.p95, color: "warn", values: values(stats, (bucket) => bucket.first_chunk_p95_ms, null) },
          { name: words.p50, color: "accent", values: values(stats, (bucket) => bucket.first_chunk_p50_ms, null) },
        ]}
      />
      <Chart
        title={words.tokens}
        stats={stats}
        format={bigNumber}
        isStacked
        lines={[
          { name: words.written, color: "good", values: values(stats, (bucket) => bucket.completion_tokens, 0) },
          { name: words.read, color: "accent", values: values(stats, (bucket) => bucket.prompt_tokens, 0) },
        ]}
      />
    </div>
  );
}
