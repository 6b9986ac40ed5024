import type { Config } from "./config.ts";
import type { OtlpConfig } from "./config/observing.ts";
import type { Provider } from "./providers/provider.ts";
import { createTraffic, type Traffic } from "./store/traffic/traffic.ts";
import { type Counts, createCounts } from "./telemetry/counts.ts";
import { type Log, logCalls } from "./telemetry/log.ts";
import { createModelNames, type ModelNames } from "./telemetry/model-names.ts";
import type { Otlp } from "./telemetry/otel.ts";
import { createRecords, type Recorder } from "./telemetry/record.ts";

/** Those who read the record of each call: the log, the counts for Prometheus, the traffic store, OpenTelemetry. */
export interface Observers {
  readonly record: Recorder;
  readonly names: ModelNames;
  readonly counts: Counts;
  /** Undefined where it is off. */
  readonly traffic: Traffic | undefined;
  /** Writes and sends what is left. */
  close(): Promise<void>;
}

export async function createObservers(config: Config, providers: readonly Provider[], log: Log): Promise<Observers> {
  const names = createModelNames();
  const counts = createCounts(names);
  const warn = (message: string): void => log.warn({}, message);
  const traffic = config.traffic.isOn ? createTraffic({ ...config.traffic, modelOf: names.of, warn }) : undefined;
  const otlp = config.otlp && (await openTelemetry(config.otlp, providers, names, warn));
  const readers = [logCalls(log), counts.add, ...(traffic ? [traffic.record] : []), ...(otlp ? [otlp.record] : [])];
  const records = createRecords(readers);
  return {
    record: records.record,
    names,
    counts,
    traffic,
    async close() {
      records.flush();
      await Promise.all([traffic?.close(), otlp?.close()]);
    },
  };
}

async function openTelemetry(
  config: OtlpConfig,
  providers: readonly Provider[],
  { of: modelOf }: ModelNames,
  warn: (message: string) => void,
): Promise<Otlp> {
  const { createOtlp } = await import("./telemetry/otel.ts");
  const genAiNames = new Map(providers.map(({ name, genAiName = name }) => [name, genAiName]));
  const providerName = (name: string): string => genAiNames.get(name) ?? name;
  return createOtlp({ ...config, providerName, modelOf, warn });
}
