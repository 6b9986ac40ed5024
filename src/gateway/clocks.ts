import { upstreamTimeout } from "../api/error.ts";
import type { Step } from "../messages/errors.en.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { createStopwatch } from "./stopwatch.ts";
import { DEFAULT_TIMEOUTS, type Timeouts } from "./timeouts.ts";

/** The clocks of one attempt. Each that runs out ends the attempt through its signal, with a 504 that says why. */
export interface Clocks {
  /** Fires when the call is aborted, when a clock has run out, and when the attempt is hung up. */
  readonly signal: AbortSignal;
  /** The way out, with the limits for the answer's head and for silence on the line. */
  readonly upstream: Upstream;
  /** Starts the clock of the first token. */
  awaitFirstToken(): void;
  firstTokenCame(): void;
  /** How long the attempt has waited for the other side, until its first token came. */
  waitedMs(): number;
  /** The provider's silence begins: its next words are waited for. A reader that takes its time is not counted. */
  silenceBegins(): void;
  silenceEnds(): void;
  /** Stops all clocks: the attempt is over. */
  stop(): void;
  /** Stops all clocks, and ends what is still under way. */
  hangUp(): void;
}

export interface ClocksOptions {
  /** The provider, for people. */
  readonly title: string;
  readonly timeouts: Timeouts;
  /** How long the line may be silent within an answer, unless `timeouts.idleMs` says so; a sign of life counts, too. */
  readonly silenceMs: number | undefined;
  readonly upstream: Upstream;
  /** The call's. */
  readonly signal: AbortSignal;
}

export function createClocks({ title, timeouts, silenceMs, upstream, signal }: ClocksOptions): Clocks {
  const attempt = new AbortController();
  const stopwatch = createStopwatch();
  const runOut = (step: Step): void => attempt.abort(upstreamTimeout(title, step, undefined));
  const start = (ms: number, onEnd: () => void): NodeJS.Timeout | undefined =>
    ms > 0 ? setTimeout(onEnd, ms) : undefined;

  const total = start(timeouts.totalMs ?? DEFAULT_TIMEOUTS.totalMs, () => runOut("end its answer"));
  let firstToken: NodeJS.Timeout | undefined;
  let silence: NodeJS.Timeout | undefined;
  let isSilent = false;
  let idleMs = timeouts.idleMs ?? DEFAULT_TIMEOUTS.idleMs;

  const stop = (): void => {
    clearTimeout(total);
    clearTimeout(firstToken);
    clearTimeout(silence);
    signal.removeEventListener("abort", onAbort);
  };
  const hangUp = (reason: unknown): void => {
    stop();
    attempt.abort(reason);
  };
  const onAbort = (): void => hangUp(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });

  return {
    signal: attempt.signal,
    stop,
    hangUp: () => hangUp(OVER),
    waitedMs: () => stopwatch.ms(),

    firstTokenCame() {
      clearTimeout(firstToken);
      stopwatch.stop();
    },

    upstream: {
      close: () => upstream.close(),
      async send(request, signal) {
        const { headersMs } = timeouts;
        idleMs = timeouts.idleMs ?? request.silenceMs ?? idleMs;
        const lineMs = timeouts.idleMs ?? silenceMs;
        const limits = {
          ...(headersMs !== undefined && { headersMs }),
          ...(lineMs !== undefined && { idleMs: lineMs }),
        };
        const { status, headers, body } = await stopwatch.wait(upstream.send({ ...request, ...limits }, signal));
        return { status, headers, body: stopwatch.reads(body) };
      },
    },

    awaitFirstToken() {
      clearTimeout(firstToken);
      firstToken = start(timeouts.firstTokenMs ?? 0, () => runOut("send its first token"));
    },

    silenceBegins() {
      isSilent = true;
      // One clock for all chunks of a stream: to wind it up again costs far less than a new one.
      silence = silence?.refresh() ?? start(idleMs, () => (isSilent ? runOut("go on with its answer") : undefined));
    },
    silenceEnds: () => void (isSilent = false),
  };
}

const OVER = new Error("the attempt is over");
