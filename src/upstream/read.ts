import { ApiError } from "../api/error.ts";
import type { UpstreamResponse } from "./upstream.ts";

/** Longer answers are cut off with an error: nothing that a provider sends may fill the memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * The whole body as text.
 * @throws ApiError 502 when it is longer than 64 MiB, or ends early.
 */
export async function readText(response: UpstreamResponse): Promise<string> {
  const { text, complete } = await readUpTo(response, MAX_ANSWER_BYTES);
  if (complete) return text;
  throw new ApiError(502, "api_error", `The provider's answer is longer than ${MAX_ANSWER_BYTES} bytes.`, {
    code: "upstream_too_large",
  });
}

/** The beginning of an error's body: enough to say what went wrong, however much was sent. */
export async function readErrorText(response: UpstreamResponse): Promise<string> {
  return (await readUpTo(response, MAX_ERROR_BYTES)).text;
}

async function readUpTo(response: UpstreamResponse, maxBytes: number): Promise<{ text: string; complete: boolean }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxBytes) return { text: Buffer.concat(parts).toString("utf8", 0, maxBytes), complete: false };
  }
  return { text: Buffer.concat(parts).toString("utf8"), complete: true };
}
