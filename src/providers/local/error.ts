import { ApiError, type ErrorType } from "../../api/error.ts";
import { EngineError, type EngineErrorCode } from "../../engine/errors.ts";

const REPLIES: Readonly<Record<EngineErrorCode, readonly [status: number, type: ErrorType, param?: string]>> = {
  model_not_found: [404, "invalid_request_error", "model"],
  gated: [403, "permission_error", "model"],
  bad_token: [401, "authentication_error"],
  no_network: [503, "api_error"],
  corrupt: [502, "api_error"],
  disk_full: [507, "api_error"],
  out_of_memory: [507, "api_error"],
  not_installed: [501, "not_supported_error"],
  unsupported: [501, "not_supported_error", "model"],
  context_length_exceeded: [400, "invalid_request_error", "messages"],
  bad_request: [400, "invalid_request_error"],
  busy: [503, "overloaded_error"],
};

/** What the engine could not do, on the wire. Its messages are made for users. */
export function asApiError(thrown: unknown): unknown {
  if (!(thrown instanceof EngineError)) return thrown;
  const [status, type, usualParam] = REPLIES[thrown.code];
  const param = thrown.field ?? usualParam;
  return new ApiError(status, type, thrown.wording, {
    code: thrown.code,
    cause: thrown,
    ...(param === undefined ? {} : { param }),
    ...(thrown.code === "busy" ? { headers: { "retry-after": "1" } } : {}),
  });
}
