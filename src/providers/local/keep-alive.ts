import { invalidRequest } from "../../api/error.ts";
import { checkKeepAlive, parseDuration } from "../../engine/keep-alive.ts";

/**
 * Ollama's field for how long the model stays in memory after this call: seconds, or a text such as `5m`.
 * @throws ApiError 400 for what is none.
 */
export function keepAlive(body: object): { readonly keepAliveMs?: number } {
  const value = "keep_alive" in body ? body.keep_alive : undefined;
  if (value == null) return {};
  const isOne = typeof value === "string" || typeof value === "number";
  const keepAliveMs = isOne ? parseDuration(value) : undefined;
  if (keepAliveMs !== undefined) return { keepAliveMs };
  const text = JSON.stringify(value).slice(0, 100);
  throw invalidRequest(`Invalid 'keep_alive': ${text} ${checkKeepAlive(text)}.`, "keep_alive", "invalid_value");
}
