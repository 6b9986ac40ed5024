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

  constructor(status: number, type: ErrorType, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.status = status;
    this.type = type;
    this.param = details.param ?? null;
    this.code = details.code ?? null;
    this.headers = details.headers ?? {};
  }

  /** Any thrown value as an ApiError. What we did not make is shown as a plain 500, its own text kept as the cause only. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    return new ApiError(500, "api_error", "The server had an error while processing your request.", {
      code: "internal_error",
      cause: thrown,
    });
  }

  toJSON(): { error: { message: string; type: string; param: string | null; code: string | null } } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

export function invalidRequest(message: string, param?: string, code?: string): ApiError {
  return new ApiError(400, "invalid_request_error", message, {
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}

/** @param nearest names that exist and look alike, best first. */
export function modelNotFound(model: string, nearest: readonly string[] = []): ApiError {
  const hint =
    nearest.length > 0
      ? ` Did you mean ${nearest.map((name) => `'${name}'`).join(", ")}?`
      : " Names look like 'openai/gpt-4o' or 'local/chat'; GET /v1/models lists those that are known.";
  return new ApiError(404, "invalid_request_error", `The model '${model}' does not exist.${hint}`, {
    param: "model",
    code: "model_not_found",
  });
}

/** @param variables the environment variables that may hold the key, the usual one first. */
export function missingKey(provider: string, variables: readonly string[]): ApiError {
  const names = variables.join(" or ");
  const message = `No key for ${provider}: set ${names} in the environment or in .env, then start again.`;
  return new ApiError(401, "authentication_error", message, { code: "missing_api_key" });
}

export function noEmbeddings(provider: string, model: string): ApiError {
  const message = `${provider} has no embeddings, so '${model}' cannot make any.`;
  return invalidRequest(message, "model", "model_not_found");
}

export function noReranking(provider: string, model: string): ApiError {
  const message = `${provider} has no reranking, so '${model}' cannot rank documents. Cross-encoders such as 'huggingface/BAAI/bge-reranker-v2-m3' can, on this machine, and so can rerankers on vLLM, Text Embeddings Inference, Jina or Cohere.`;
  return invalidRequest(message, "model", "model_not_found");
}

/** The provider could not be reached, or hung up. */
export function upstreamUnreachable(host: string, cause: unknown): ApiError {
  const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new ApiError(502, "api_error", `Could not reach ${host}${reason}.`, { code: "upstream_unreachable", cause });
}

/** The proxy on the way to the provider does not let us through. */
export function proxyRefused(host: string, status: string, cause: unknown): ApiError {
  const message = `The proxy refused the way to ${host} (status ${status}). Check HTTPS_PROXY and HTTP_PROXY, with user name and password, or name the host in NO_PROXY.`;
  return new ApiError(502, "api_error", message, { code: "proxy_refused", cause });
}

/** TLS does not vouch for the provider's server. @param code Node's: `SELF_SIGNED_CERT_IN_CHAIN`. */
export function upstreamUntrusted(host: string, code: string, cause: unknown): ApiError {
  const message = `The certificate of ${host} is not trusted (${code}). If it is right, set NODE_EXTRA_CA_CERTS in the environment (not in .env) to a PEM file with the certificate of its authority, and start again.`;
  return new ApiError(502, "api_error", message, { code: "upstream_untrusted", cause });
}

/** The provider wants the call to go elsewhere, and with it the key. */
export function upstreamRedirected(url: string, status: number, location = ""): ApiError {
  const target = URL.parse(location, url);
  const where = target ? ` to ${target.origin}${target.pathname}` : "";
  const message = `${new URL(url).host} redirects${where} (status ${status}), which is not followed, because the key would go there, too. If that is right, set it as the provider's address.`;
  return new ApiError(502, "api_error", message, { code: "upstream_redirected" });
}

export function upstreamTimeout(host: string, what: string, cause: unknown): ApiError {
  return new ApiError(504, "timeout_error", `${host} did not ${what} in time.`, { code: "timeout", cause });
}

/** The provider's answer ended before it was whole. */
export function upstreamBroke(host: string, cause?: unknown): ApiError {
  const message = `${host} ended its answer before it was complete.`;
  return new ApiError(502, "api_error", message, { code: "upstream_incomplete", cause });
}

/** The provider answered with something that is not its own format. */
export function upstreamUnreadable(host: string, cause?: unknown): ApiError {
  const message = `${host} sent an answer that could not be read.`;
  return new ApiError(502, "api_error", message, { code: "upstream_unreadable", cause });
}
