import { join } from "node:path";
import { DEFAULTS } from "./defaults.ts";
import type { Variables } from "./environment.ts";
import { checkHeaderName, checkHeaderValue } from "./rules.ts";
import type { FileSettings } from "./schema.ts";

/** What is kept of calls. */
export interface TrafficConfig {
  readonly isOn: boolean;
  /** The database's: an absolute path. */
  readonly path: string;
  readonly maxCalls: number;
  readonly maxAgeMs: number;
  /** Whether what is said is kept, too. */
  readonly recordContent: boolean;
}

/** Where traces and metrics are sent, in OpenTelemetry's own words. */
export interface OtlpConfig {
  /** Without `/v1/traces`; without a slash at its end. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function trafficConfig(
  variables: Variables,
  settings: FileSettings["traffic"] = {},
  directory: string,
): TrafficConfig {
  const isOn = variables.flag("TRAFFIC") ?? settings.enabled ?? true;
  return {
    isOn,
    path: join(directory, "traffic.db"),
    maxCalls: settings.calls ?? DEFAULTS.trafficCalls,
    maxAgeMs: (settings.days ?? DEFAULTS.trafficDays) * DAY_MS,
    recordContent: isOn && (variables.flag("RECORD_CONTENT") ?? settings.record_content ?? false),
  };
}

/** Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter */
export function otlpConfig(variables: Variables, report: (problem: string) => void): OtlpConfig | undefined {
  const endpoint = variables.baseUrl(["OTEL_EXPORTER_OTLP_ENDPOINT"]);
  if (endpoint === undefined) return undefined;
  const headers = pairs(variables, "OTEL_EXPORTER_OTLP_HEADERS", report);
  const isWrong = ([name, value]: [string, string]) => checkHeaderName(name) ?? checkHeaderValue(value);
  if (Object.entries(headers).some((header) => isWrong(header) !== undefined)) {
    report("OTEL_EXPORTER_OTLP_HEADERS: one of them cannot be a header; write name=value, separated by commas.");
  }
  const service = { "service.name": variables.text("OTEL_SERVICE_NAME") ?? "omniport" };
  return { endpoint, headers, resource: { ...service, ...pairs(variables, "OTEL_RESOURCE_ATTRIBUTES", report) } };
}

/** `name=value,other=%20`; the values may be keys, and are not shown. */
function pairs(
  variables: Variables,
  name: string,
  report: (problem: string) => void,
): Readonly<Record<string, string>> {
  const parts = (variables.text(name) ?? "").split(",").filter((part) => part.trim() !== "");
  try {
    return Object.fromEntries(
      parts.map((part) => {
        const equals = part.indexOf("=");
        if (equals < 1) throw new Error("no name");
        return [part.slice(0, equals).trim(), decodeURIComponent(part.slice(equals + 1).trim())];
      }),
    );
  } catch {
    report(`${name}: it is no list of name=value, separated by commas.`); // what is wrong in it may be a key
    return {};
  }
}
