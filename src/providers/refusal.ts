import { ApiError, type ErrorType } from "../api/error.ts";
import { say, type Translations, type Wording } from "../messages/say.ts";
import { withoutKeys, withoutSecrets } from "./secrets.ts";

/** What a service said of a call that it refused, in whatever form it came. */
export interface Said {
  readonly message?: string | undefined;
  /** The same message in other languages, where the service is another Omniport. */
  readonly translations?: Translations | undefined;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  /** Whether waiting helps, where the service says so itself; else its words decide. */
  readonly isTransient?: boolean | undefined;
}

interface Refusal {
  readonly status: number;
  readonly type: ErrorType;
  readonly code?: string;
}

/** What a status means for the client. Statuses that are not named here keep their class: 4xx → 400, 5xx → 502. */
const REFUSALS: Readonly<Record<number, Refusal>> = {
  400: { status: 400, type: "invalid_request_error" },
  401: { status: 401, type: "authentication_error", code: "invalid_api_key" },
  402: { status: 429, type: "insufficient_quota", code: "insufficient_quota" },
  403: { status: 403, type: "permission_error" },
  404: { status: 404, type: "invalid_request_error" },
  408: { status: 504, type: "timeout_error", code: "timeout" },
  413: { status: 413, type: "invalid_request_error", code: "request_too_large" },
  422: { status: 400, type: "invalid_request_error" },
  424: { status: 502, type: "api_error" }, // Hugging Face's servers: the model failed, not the call
  429: { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" },
  498: { status: 503, type: "overloaded_error", code: "overloaded" },
  500: { status: 500, type: "api_error" },
  501: { status: 501, type: "not_supported_error" },
  502: { status: 502, type: "api_error" },
  503: { status: 503, type: "api_error" },
  504: { status: 504, type: "timeout_error", code: "timeout" },
  507: { status: 507, type: "api_error" },
  529: { status: 503, type: "overloaded_error", code: "overloaded" },
};

const CONTEXT_TOO_LONG =
  /context[ _-]?(length|window|size|limit)|maximum context|too many tokens|prompt is too long|exceeds? the (model's )?(max|context)|exceed_context|inputs\W+(tokens \+|must have less than)/i;
const CONTENT_POLICY = /content[ _]?(policy|filter|management)|safety system|responsible ai|content exists risk/i;
const NO_BALANCE = /insufficient[ _](balance|quota|credit|funds)|exceeded your current quota|credit balance/i;
const MODEL_UNKNOWN =
  /model.{0,80}(not (exist|found|supported|available)|does ?n[o']t exist|decommissioned)|DeploymentNotFound|unknown model|model_not_found|InvalidModel|could not find model/is;

/**
 * A service's refusal in OpenAI's words.
 *
 * @param title the service, for people.
 * @param secrets never shown, nor any text that looks like a key or a piece of one.
 * @param status the HTTP status, or what stood in its place in the body.
 */
export function refusal(
  title: string,
  secrets: readonly string[],
  status: number,
  said: Said,
  headers: Readonly<Record<string, string>> = {},
): ApiError {
  const refusal = classify(REFUSALS[status] ?? otherStatus(status), said);
  const message = worded(said, secrets) ?? say.answeredWithStatus(title, status);
  const code = refusal.code ?? (said.code && withoutSecrets(said.code, secrets));
  return new ApiError(refusal.status, refusal.type, message, {
    ...(said.param === undefined ? {} : { param: withoutSecrets(said.param, secrets) }),
    ...(code === undefined ? {} : { code }),
    headers: refusal.type === "insufficient_quota" ? {} : limitHeaders(headers),
  });
}

/** What the service said, without keys, and in every language where it came in more than its own. */
function worded({ message, translations }: Said, secrets: readonly string[]): Wording | string | undefined {
  if (message === undefined || translations === undefined) return message && withoutKeys(message, secrets);
  return { en: withoutKeys(message, secrets), "zh-TW": withoutKeys(translations["zh-TW"], secrets) };
}

function classify(refusal: Refusal, { message = "", type = "", code = "", isTransient }: Said): Refusal {
  const words = `${message} ${type} ${code}`;
  if ([400, 403, 429, 500].includes(refusal.status) && !isTransient) {
    if (NO_BALANCE.test(words)) return { status: 429, type: "insufficient_quota", code: "insufficient_quota" };
  }
  if (refusal.status === 400 || refusal.status === 413) {
    if (CONTEXT_TOO_LONG.test(words) && !/\bbytes\b/i.test(words)) {
      return { status: 400, type: "invalid_request_error", code: "context_length_exceeded" };
    }
    if (/api.?key.{0,20}(not valid|invalid)|invalid.{0,10}api.?key/i.test(words)) {
      return { status: 401, type: "authentication_error", code: "invalid_api_key" };
    }
  }
  if (refusal.status === 400 && CONTENT_POLICY.test(words)) {
    return { ...refusal, code: code === "content_filter" ? code : "content_policy_violation" };
  }
  if ((refusal.status === 404 || refusal.status === 400) && MODEL_UNKNOWN.test(words)) {
    return { status: 404, type: "invalid_request_error", code: "model_not_found" };
  }
  return refusal;
}

function otherStatus(status: number): Refusal {
  return status >= 400 && status < 500
    ? { status: 400, type: "invalid_request_error" }
    : { status: 502, type: "api_error" };
}

/** What helps a client to wait for the right time; longer waits than a minute are not handed on, as clients obey them. */
function limitHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("x-ratelimit-") || name === "x-should-retry") kept[name] = value;
    else if (name === "retry-after-ms") kept[name] = atMost(value, 60_000);
    else if (name === "retry-after") kept[name] = atMost(value, 60);
  }
  return kept;
}

/** @param value a number of seconds or milliseconds, or a date, which becomes the limit. */
function atMost(value: string, limit: number): string {
  const number = Number(value);
  return Number.isFinite(number) ? String(Math.min(Math.max(number, 0), limit)) : String(limit);
}
