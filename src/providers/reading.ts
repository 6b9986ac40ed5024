import { upstreamUnreadable } from "../api/error.ts";

/*
 * Vendors' types are what they promise, not what they send. Where an answer turns out to be something else, the reading of
 * it fails like any wrong code; these say whose fault that is.
 */

/** @throws ApiError 502 where what is read is not what its type says; else what `read` throws. */
export async function reading<T>(title: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    throw explained(title, thrown);
  }
}

/** The same for what was thrown. */
export function explained(title: string, thrown: unknown): unknown {
  const isMisread = thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof SyntaxError;
  return isMisread ? upstreamUnreadable(title, thrown) : thrown;
}
