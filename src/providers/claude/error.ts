import type { Said } from "../refusal.ts";

/** Source: https://platform.claude.com/docs/en/api/errors */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

/** Source: https://platform.claude.com/docs/en/api/rate-limits#response-headers */
const LIMIT_REMAINING = /^anthropic-ratelimit-.*-remaining$/;

interface ErrorBody {
  readonly error?: { readonly type?: string; readonly message?: string } | null;
}

/** What Anthropic said of a call that it refused, in an answer or among a stream's events. */
export function said(
  body: string,
  headers: Readonly<Record<string, string>>,
): Said & { readonly status?: number; readonly retryAfterSeconds?: number } {
  const { type, message } = read(body)?.error ?? {};
  const status = STATUSES[type ?? ""];
  const retryAfterSeconds = headers["retry-after"] === undefined ? secondsToReset(headers) : undefined;
  return {
    message,
    type,
    ...(status !== undefined && { status }),
    ...(type === "not_found_error" && message?.startsWith("model:") && { code: "model_not_found" }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** Until the last of the spent limits is renewed; undefined where none is spent. */
function secondsToReset(headers: Readonly<Record<string, string>>): number | undefined {
  const spent = Object.keys(headers).filter((name) => LIMIT_REMAINING.test(name) && headers[name] === "0");
  const times = spent.map((name) => Date.parse(headers[name.replace("-remaining", "-reset")] ?? ""));
  const known = times.filter((time) => Number.isFinite(time));
  return known.length === 0 ? undefined : Math.max(0, Math.ceil((Math.max(...known) - Date.now()) / 1000));
}

function read(body: string): ErrorBody | undefined {
  try {
    return Object(JSON.parse(body)) as ErrorBody;
  } catch {
    return undefined; // a proxy's page: the status has to say it all
  }
}
