import { upstreamTimeout } from "../api/error.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { DEFAULT_TIMEOUTS, type Timeouts } from "./timeouts.ts";

/** The clocks of one attempt. Each that runs out ends the attempt through its signal, with a 504 that says why. */
export interface Clocks {
  /** Fires when the call is over, when a clock has run out, and when the attempt is stopped. */
  readonly signal: AbortSignal;
  /** The way out, with the limits for the answer's head and for silence on the line. */
  readonly upstream: Upstream;
  /** Starts the clock of the first token. */
  awaitFirstToken(): void;
  firstTokenCame(): void;
  /** Passes chunks on, and measures the silence between them; a reader that takes its time is not counted. */
  watch<T>(chunks: AsyncIterator<T>): AsyncGenerator<T>;
  /** Stops all clocks, and hangs up if something is still under way. */
  stop(): void;
}

export interface ClocksOptions {
  /** The provider, for people. */
  readonly title: string;
  readonly timeouts: Timeouts;
  readonly upstream: Upstream;
  /** The call's. */
  readonly signal: AbortSignal;
}

export function createClocks({ title, timeouts, upstream, signal }: ClocksOptions): Clocks {
  const attempt = new AbortController();
  const runOut = (what: string): void => attempt.abort(upstreamTimeout(title, what, undefined));
  const start = (ms: number, onEnd: () => void): NodeJS.Timeout | undefined =>
    ms > 0 ? setTimeout(onEnd, ms) : undefined;

  const total = start(timeouts.totalMs ?? DEFAULT_TIMEOUTS.totalMs, () => runOut("end its answer"));
  let firstToken: NodeJS.Timeout | undefined;
  let idleMs = timeouts.idleMs ?? DEFAULT_TIMEOUTS.idleMs;

  const end = (reason: unknown): void => {
    for (const clock of [total, firstToken]) clearTimeout(clock);
    signal.removeEventListener("abort", onAbort);
    attempt.abort(reason);
  };
  const onAbort = (): void => end(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });

  return {
    signal: attempt.signal,
    stop: () => end(new Error("the attempt is over")),
    firstTokenCame: () => clearTimeout(firstToken),

    upstream: {
      close: () => upstream.close(),
      send(request, signal) {
        const { headersMs, idleMs: lineMs } = timeouts;
        idleMs = lineMs ?? request.silenceMs ?? idleMs;
        return upstream.send(
          {
            ...request,
            ...(headersMs !== undefined && { headersMs }),
            ...(lineMs !== undefined && { idleMs: lineMs }),
          },
          signal,
        );
      },
    },

    awaitFirstToken() {
      clearTimeout(firstToken);
      firstToken = start(timeouts.firstTokenMs ?? 0, () => runOut("send its first token"));
    },

    async *watch(chunks) {
      let isWaiting = false;
      let silence: NodeJS.Timeout | undefined;
      const onSilence = (): void => (isWaiting ? runOut("go on with its answer") : undefined);
      try {
        for (;;) {
          // One clock for all chunks of a stream: to wind it up again costs far less than a new one.
          silence = silence?.refresh() ?? start(idleMs, onSilence);
          isWaiting = true;
          const next = await chunks.next();
          isWaiting = false;
          if (next.done) return;
          yield next.value;
        }
      } finally {
        clearTimeout(silence);
        end(new Error("the attempt is over"));
        await chunks.return?.();
      }
    },
  };
}
