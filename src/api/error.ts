import type { Step } from "../messages/errors.en.ts";
import type { Language } from "../messages/language.ts";
import { say, type Wording } from "../messages/say.ts";

/** An error's `type`, in OpenAI's words and the ones that its clients know. */
export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "rate_limit_error"
  | "insufficient_quota"
  | "overloaded_error"
  | "timeout_error"
  | "not_supported_error"
  | "api_error";

interface ErrorDetails {
  /** The field of the request that is to blame, as a path: `messages[2].role`. */
  readonly param?: string;
  readonly code?: string;
  /** Headers that the client should see, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The one error that clients see. Its JSON is OpenAI's: `{"error": {message, type, param, code}}`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly type: ErrorType;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** What it says in every language; undefined where somebody else has worded it, a provider. */
  readonly wording: Wording | undefined;

  /** @param message of the catalogue, for an error of our own; a text, which stays as it is, for somebody else's. */
  constructor(status: number, type: ErrorType, message: Wording | string, details: ErrorDetails = {}) {
    super(typeof message === "string" ? message : message.en, { cause: details.cause });
    this.wording = typeof message === "string" ? undefined : message;
    this.status = status;
    this.type = type;
    this.param = details.param ?? null;
    this.code = details.code ?? null;
    this.headers = details.headers ?? {};
  }

  /** Any thrown value as an ApiError. What we did not make is shown as a plain 500, its own text kept as the cause only. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    return new ApiError(500, "api_error", say.unexpected, { code: "internal_error", cause: thrown });
  }

  /** Its message in a language, as far as it is known there. Logs and records have `message`, which is English. */
  said(language: Language): string {
    return this.wording?.[language] ?? this.message;
  }

  toJSON(): { error: { message: string; type: string; param: string | null; code: string | null } } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

export function invalidRequest(message: Wording | string, param?: string, code?: string): ApiError {
  return new ApiError(400, "invalid_request_error", message, {
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}

/** @param nearest names that exist and look alike, best first. */
export function modelNotFound(model: string, nearest: readonly string[] = []): ApiError {
  const message = say.modelNotFound(model, nearest);
  return new ApiError(404, "invalid_request_error", message, { param: "model", code: "model_not_found" });
}

/** @param variables the environment variables that may hold the key, the usual one first. */
export function missingKey(provider: string, variables: readonly string[]): ApiError {
  const message = say.providerKeyMissing(provider, variables);
  return new ApiError(401, "authentication_error", message, { code: "missing_api_key" });
}

export function noEmbeddings(provider: string, model: string): ApiError {
  return invalidRequest(say.noEmbeddings(provider, model), "model", "model_not_found");
}

export function noReranking(provider: string, model: string): ApiError {
  return invalidRequest(say.noReranking(provider, model), "model", "model_not_found");
}

/** The provider could not be reached, or hung up. */
export function upstreamUnreachable(host: string, cause: unknown): ApiError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  const message = say.unreachable(host, code);
  return new ApiError(502, "api_error", message, { code: "upstream_unreachable", cause });
}

/** The proxy on the way to the provider does not let us through. */
export function proxyRefused(host: string, status: string, cause: unknown): ApiError {
  const message = say.proxyRefused(host, status);
  return new ApiError(502, "api_error", message, { code: "proxy_refused", cause });
}

/** TLS does not vouch for the provider's server. @param code Node's: `SELF_SIGNED_CERT_IN_CHAIN`. */
export function upstreamUntrusted(host: string, code: string, cause: unknown): ApiError {
  const message = say.untrusted(host, code);
  return new ApiError(502, "api_error", message, { code: "upstream_untrusted", cause });
}

/** The provider wants the call to go elsewhere, and with it the key. */
export function upstreamRedirected(url: string, status: number, location = ""): ApiError {
  const target = URL.parse(location, url);
  const where = target ? target.origin + target.pathname : undefined;
  const message = say.redirected(new URL(url).host, status, where);
  return new ApiError(502, "api_error", message, { code: "upstream_redirected" });
}

export function upstreamTimeout(host: string, step: Step, cause: unknown): ApiError {
  const message = say.timeout(host, step);
  return new ApiError(504, "timeout_error", message, { code: "timeout", cause });
}

/** The provider's answer ended before it was whole. */
export function upstreamBroke(host: string, cause?: unknown): ApiError {
  const message = say.broke(host);
  return new ApiError(502, "api_error", message, { code: "upstream_incomplete", cause });
}

/** The provider answered with something that is not its own format. */
export function upstreamUnreadable(host: string, cause?: unknown): ApiError {
  const message = say.unreadable(host);
  return new ApiError(502, "api_error", message, { code: "upstream_unreadable", cause });
}
