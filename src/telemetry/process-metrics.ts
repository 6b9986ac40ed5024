import type { Across, Family } from "./exposition.ts";

/** As the library tells it. */
interface LibraryMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly aggregator?: string;
  readonly values?: readonly LibraryValue[];
}

interface LibraryValue {
  /** With the suffix of a histogram's series: `nodejs_gc_duration_seconds_bucket`. */
  readonly metricName?: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
}

/** What this process takes: memory, processor time, its event loop's lag. The first call loads the library. */
export function createProcessMetrics(): () => Promise<readonly Family[]> {
  let loading: Promise<() => Promise<readonly Family[]>> | undefined;
  return async () => {
    loading ??= load();
    return (await loading)();
  };
}

/** The library takes 20 MB, which those who have no Prometheus need not spend. */
async function load(): Promise<() => Promise<readonly Family[]>> {
  const { collectDefaultMetrics, Registry } = await import("prom-client");
  const register = new Registry();
  collectDefaultMetrics({ register });
  return async () => (await register.getMetricsAsJSON()).map(family);
}

function family({ name, help, type, aggregator, values = [] }: LibraryMetric): Family {
  return {
    name,
    help,
    type: type === "counter" || type === "histogram" ? type : "gauge",
    across: acrossOf(aggregator),
    samples: values.map(({ metricName = name, value, labels }) => ({
      suffix: metricName.slice(name.length),
      labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
      value,
    })),
  };
}

/** Source: https://github.com/siimon/prom-client#usage-with-nodejss-cluster-module */
function acrossOf(aggregator = "sum"): Across {
  switch (aggregator) {
    case "average":
    case "min":
    case "max":
    case "first":
      return aggregator;
    case "omit":
      return "min"; // the start of the process: the server has run since that of the first
    default:
      return "sum";
  }
}
