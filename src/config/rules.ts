import { isIP } from "node:net";
import { parseReference } from "../engine/reference.ts";
import type { LogLevel } from "../telemetry/log.ts";

/**
 * What a setting may hold, for the environment and the configuration file alike. A complaint goes behind the value:
 * `"80a" is no port; write a whole number from 0 to 65535`.
 */
export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly complaint: string;
}

function numberRule(what: string, min: number, max: number): NumberRule {
  return { min, max, complaint: `is no ${what}; write a whole number from ${min} to ${max}` };
}

export const PORT: NumberRule = numberRule("port", 0, 65_535);
export const THREADS: NumberRule = numberRule("number of threads", 1, 256);
export const SHUTDOWN_TIMEOUT_S: NumberRule = numberRule("number of seconds", 0, 3600);
export const KEEP_ALIVE_S: NumberRule = numberRule("number of seconds", 0, 3600);
export const MAX_BODY_MIB: NumberRule = numberRule("size in MiB", 1, 512);
export const MAX_CONNECTIONS: NumberRule = numberRule("number of connections", 1, 1_000_000);
export const CONTEXT_TOKENS: NumberRule = numberRule("number of tokens", 256, 1_048_576);

export const RETRIES: NumberRule = numberRule("number of retries", 0, 10);
export const WAIT_S: NumberRule = numberRule("number of seconds", 0, 300);
export const RUNNING: NumberRule = numberRule("number of calls", 1, 1_000_000);
export const QUEUED: NumberRule = numberRule("number of calls", 0, 1_000_000);
/** Fractions are taken, too. */
export const SECONDS: NumberRule = {
  min: 0,
  max: 86_400,
  complaint: "is no number of seconds; write one from 0 to 86400, 0 to wait for ever",
};
export const HEDGE_S: NumberRule = { min: 0.05, max: 3600, complaint: "is no number of seconds; write one from 0.05" };
export const WEIGHT: NumberRule = { min: 0, max: 1_000_000, complaint: "is no weight; write a number from 0" };

export const PRICE: NumberRule = {
  min: 0,
  max: 1_000_000,
  complaint: "is no price; write US dollars for a million tokens",
};

export const TRAFFIC_CALLS: NumberRule = numberRule("number of calls", 1, 100_000_000);
export const TRAFFIC_DAYS: NumberRule = numberRule("number of days", 1, 3650);

export const LOG_LEVELS: readonly LogLevel[] = ["silent", "fatal", "error", "warn", "info", "debug", "trace"];

export const GPU_MODES = ["auto", "off"] as const;
export type GpuMode = (typeof GPU_MODES)[number];

export const ON_STREAM_BREAK = ["resume", "error"] as const;

export const STRATEGIES = ["ordered", "weighted", "least_busy", "lowest_latency", "cheapest"] as const;

/** A complaint, or undefined when all is well. */
export type Check = (value: string) => string | undefined;

export const checkHost: Check = (value) =>
  isIP(value) > 0 || isHostName(value)
    ? undefined
    : "is no address to listen on; write an IP address such as 127.0.0.1, or a host name";

/** A `Host` header without its port. */
export const checkAllowedHost: Check = (value) =>
  isIP(value) > 0 || isHostName(value)
    ? undefined
    : "is no host name; write one without scheme and port, such as ai.lan";

/** Source: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Origin */
export const checkOrigin: Check = (value) =>
  value === "*" || /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/i.test(value)
    ? undefined
    : 'is no origin; write scheme, host and port without a path, such as https://example.com:3000, or "*" for all';

export const checkBaseUrl: Check = (value) => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) {
    return "is no web address; write it with its scheme, such as http://127.0.0.1:8001/v1";
  }
  if (/[?#\s]/.test(value)) return "has more than an address needs; write it without spaces, ? and #";
  return undefined;
};

/** Its value may hold a password, and is not shown. */
export const checkProxy: Check = (value) =>
  /^https?:$/.test(URL.parse(value)?.protocol ?? "")
    ? undefined
    : "is no address of a proxy; write one such as http://proxy.example.com:3128";

/** Whether an address holds a user name or password: these must not be shown, and belong elsewhere. */
export function hasCredentials(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.username !== "" || url.password !== "");
}

/** A key travels in a header: only visible ASCII can. Its value is never shown. */
export const checkKey: Check = (value) => {
  const index = value.search(/[^\x21-\x7e]/);
  return index === -1
    ? undefined
    : `holds a character that no key has (the ${ordinal(index + 1)}); copy the key again, without spaces and quotes`;
};

/** What HTTP says of a message itself, and what is for the proxy alone. */
const NOT_ONES_OWN =
  /^(connection|content-length|expect|host|keep-alive|proxy-authorization|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

/** Source: https://www.rfc-editor.org/rfc/rfc9110#name-field-names */
export const checkHeaderName: Check = (value) => {
  if (NOT_ONES_OWN.test(value)) return "is a header that cannot be set; leave it out";
  return /^[\w!#$%&'*+.^`|~-]+$/.test(value) ? undefined : "is no header name; write letters, digits and hyphens only";
};

/** Its value may be secret, and is not shown. */
export const checkHeaderValue: Check = (value) =>
  /^[\x20-\x7e\xa0-\xff]*$/.test(value)
    ? undefined
    : "holds a character that headers cannot; write it in ASCII, on one line";

export const checkVariableName: Check = (value) =>
  /^[A-Za-z_]\w*$/.test(value) ? undefined : "is no name of an environment variable; write one such as MY_API_KEY";

export const checkProviderName: Check = (value) =>
  /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)
    ? undefined
    : "is no name for a provider; write small letters, digits, and . _ - inside, such as my-vllm";

export const checkModelName: Check = (value) =>
  /^[^\s\p{Cc}](?:[^\p{Cc}]{0,510}[^\s\p{Cc}])?$/u.test(value)
    ? undefined
    : "is no name of a model; write one such as openai/gpt-4o";

/** What the engine can look for. */
export const checkReference: Check = (value) => {
  try {
    parseReference(value);
    return undefined;
  } catch {
    // The engine's own message speaks of a client's request.
    return "is no model of the hub; write owner/repo, owner/repo:Q4_K_M, or a path such as ./models/my-model";
  }
};

/** The same with the prefix that clients write. */
export const checkLocalModel: Check = (value) => checkReference(withoutPrefix(value));

export function withoutPrefix(model: string): string {
  return model.replace(/^(?:huggingface|hf)\//, "");
}

function isHostName(value: string): boolean {
  return /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?$/.test(value);
}

function ordinal(n: number): string {
  const suffix = ["th", "st", "nd", "rd"][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? "th";
  return `${n}${suffix}`;
}

/** What weights can be converted to; as they are stored, for `native`. */
export const QUANTIZATIONS = ["native", "F16", "BF16", "Q8_0", "Q4_0"] as const;
