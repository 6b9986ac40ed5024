/** How long a provider may take, in milliseconds; what is left out has the default, 0 waits for ever. */
export interface Timeouts {
  /** Until it accepts a connection. */
  readonly connectMs?: number;
  /** From the request's end to the answer's head. */
  readonly headersMs?: number;
  /** From the call to the first token of a stream. */
  readonly firstTokenMs?: number;
  /** Between two chunks of a stream, and between two reads of an answer that comes whole. */
  readonly idleMs?: number;
  /** For one attempt, from the call to the answer's end. */
  readonly totalMs?: number;
}

/** Where nothing is set; the rest is left to the way out, which knows whether it leads to the network. */
export const DEFAULT_TIMEOUTS = {
  idleMs: 300_000,
  totalMs: 3_600_000,
  /** Only where another target could answer instead. */
  firstTokenWithFallbackMs: 10_000,
  /** The same for an answer that comes whole: its head comes when all of it is there. */
  headersWithFallbackMs: 120_000,
} as const;

/**
 * The limits where another target could answer, too: nobody is waited for as long as otherwise. What the user has set
 * stands.
 */
export function impatient(timeouts: Timeouts, stream: boolean): Timeouts {
  const { firstTokenWithFallbackMs, headersWithFallbackMs } = DEFAULT_TIMEOUTS;
  return stream
    ? { firstTokenMs: firstTokenWithFallbackMs, ...timeouts }
    : { headersMs: headersWithFallbackMs, ...timeouts };
}
