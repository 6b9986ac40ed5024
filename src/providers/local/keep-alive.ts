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
  const message = {
    en: `Invalid 'keep_alive': ${text} ${checkKeepAlive(text)}.`,
    "zh-TW": `「keep_alive」的值 ${text} 不是時間：請寫秒數，或如 5m、1h；0 表示立即卸載，-1 表示一直保留。`,
  };
  throw invalidRequest(message, "keep_alive", "invalid_value");
}
