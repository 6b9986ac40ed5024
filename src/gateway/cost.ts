import type { CallRecord } from "../telemetry/record.ts";
import type { Price } from "./model.ts";

/** In millionths of a US dollar: dollars for a million tokens are as many of them for one. */
export function costMicroUsd(
  { input, output, cachedInput = input }: Price,
  { promptTokens = 0, completionTokens = 0, cachedTokens = 0 }: Partial<CallRecord>,
): number {
  const cached = Math.min(cachedTokens, promptTokens);
  return (promptTokens - cached) * input + cached * cachedInput + completionTokens * output;
}
