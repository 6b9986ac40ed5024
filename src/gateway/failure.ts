import type { ApiError } from "../api/error.ts";

/** What a failure means for what is tried next. */
export type Failure =
  /** The service is broken for the moment: the same target may help a little later, another one at once. */
  | "fault"
  /** The service was silent for too long, or died of the call: to ask it again would cost as much again. */
  | "slow"
  /** The service says when it will take calls again. */
  | "limited"
  /** This key is wrong, or has no money: another key or target may do. */
  | "key"
  /** This target does not have what is asked for: another one may. */
  | "missing"
  /** The conversation is too long for this model: a larger one may take it. */
  | "too_long"
  /** The service's rules forbid the prompt or the answer. */
  | "policy"
  /** The request is wrong, wherever it goes. */
  | "wrong";

const BY_CODE: Readonly<Record<string, Failure>> = {
  context_length_exceeded: "too_long",
  request_too_large: "too_long",
  content_policy_violation: "policy",
  content_filter: "policy",
  insufficient_quota: "key",
  model_not_found: "missing",
  unsupported_parameter: "missing",
  concurrency_limit: "missing",
  engine_stopped: "slow",
  no_network: "missing",
  upstream_too_large: "missing",
  stream_diverged: "missing",
  upstream_untrusted: "missing",
  proxy_refused: "missing",
  upstream_redirected: "missing",
  missing_api_key: "missing",
  missing_base_url: "missing",
};

const BY_STATUS: Readonly<Record<number, Failure>> = {
  401: "key",
  403: "key",
  404: "missing",
  408: "slow",
  413: "too_long",
  429: "limited",
  501: "missing",
  504: "slow",
  507: "missing",
};

export function failureOf(error: ApiError): Failure {
  const known = BY_CODE[error.code ?? ""] ?? BY_STATUS[error.status];
  if (known) return known;
  if (error.status < 500) return "wrong";
  return retryAfterMs(error) === undefined ? "fault" : "limited";
}

/** Whether the service itself is to blame, so that others had better stay away from it for a while. */
export function isServiceFault(error: ApiError): boolean {
  const failure = failureOf(error);
  // What a model says is no sign of the health of its server.
  return (failure === "fault" || failure === "slow") && error.code !== "response_format_violated";
}

/** How long the service asks to be left alone. */
export function retryAfterMs({ headers }: ApiError): number | undefined {
  const [ms, seconds] = [Number(headers["retry-after-ms"]), Number(headers["retry-after"])];
  if (headers["retry-after-ms"] !== undefined && ms >= 0) return ms;
  return headers["retry-after"] !== undefined && seconds >= 0 ? seconds * 1000 : undefined;
}

/** In one word, for headers and records. */
export function outcomeOf(error: ApiError): string {
  return error.code ?? String(error.status);
}
