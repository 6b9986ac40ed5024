import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { Capabilities } from "./capabilities.ts";

interface SamplingFields {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

/** @param isThinking whether the model thinks, which leaves little to choose. */
export function samplingFields(
  body: ChatCompletionRequest,
  { sampling }: Capabilities,
  isThinking: boolean,
  receipt: Receipt,
): SamplingFields {
  const dropped = <T>(field: string, value: T | null | undefined, isTaken: boolean): T | undefined => {
    if (value == null || isTaken) return value ?? undefined;
    receipt.note("dropped", field);
    return undefined;
  };
  const takes = sampling !== "none";
  const top_k = dropped("top_k", body["top_k"] as number | null | undefined, takes && !isThinking);
  const wanted = dropped("temperature", body.temperature, takes && (!isThinking || body.temperature === 1));
  const isTopPTaken =
    takes && (sampling === "all" || wanted === undefined) && (!isThinking || Number(body.top_p) >= 0.95);
  const top_p = dropped("top_p", body.top_p, isTopPTaken);
  if (wanted !== undefined && wanted > 1) receipt.note("clamped", "temperature");
  return {
    ...(wanted !== undefined && { temperature: Math.min(wanted, 1) }),
    ...(top_p !== undefined && { top_p }),
    ...(top_k !== undefined && { top_k }),
  };
}
