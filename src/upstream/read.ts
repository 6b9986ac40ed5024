import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { forEach } from "./flow.ts";
import type { UpstreamResponse } from "./upstream.ts";

/** Longer answers are cut off with an error: nothing that a provider sends may fill the memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * The whole body.
 * @throws ApiError 502 when it is longer than 64 MiB, or ends early.
 */
export async function readBytes(response: UpstreamResponse): Promise<Buffer> {
  const { parts, isWhole } = await readUpTo(response, MAX_ANSWER_BYTES);
  const [first] = parts;
  if (isWhole) return first && parts.length === 1 ? first : Buffer.concat(parts);
  throw new ApiError(502, "api_error", say.answerTooLong(MAX_ANSWER_BYTES), {
    code: "upstream_too_large",
  });
}

/** The whole body as text. @throws as `readBytes` does. */
export async function readText(response: UpstreamResponse): Promise<string> {
  return (await readBytes(response)).toString();
}

/** The beginning of an error's body: enough to say what went wrong, however much was sent. */
export async function readErrorText(response: UpstreamResponse): Promise<string> {
  const { parts } = await readUpTo(response, MAX_ERROR_BYTES);
  return Buffer.concat(parts).toString("utf8", 0, MAX_ERROR_BYTES);
}

interface Read {
  /** A little more than the limit where the body is not whole. */
  readonly parts: readonly Buffer[];
  readonly isWhole: boolean;
}

async function readUpTo(response: UpstreamResponse, maxBytes: number): Promise<Read> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const left = await forEach(response.body, (part) => {
    parts.push(part);
    bytes += part.length;
    return bytes > maxBytes ? "over" : undefined;
  });
  return { parts, isWhole: left !== "over" };
}
