/** One try of one target on the way to the answer. */
export interface AttemptRecord {
  readonly target: string;
  readonly outcome: string;
  readonly status?: number;
  /** From the call's arrival. */
  readonly startMs: number;
  /** To its end; of a stream, to the end of its last chunk. */
  readonly durationMs: number;
  /** Of a stream: from the attempt's start to its first content. */
  readonly firstChunkMs?: number;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}

/** What one call leaves behind; log, traffic store, metrics and traces are readers of it. Never a key, never what was said. */
export interface CallRecord {
  readonly requestId: string;
  /** When it came, in milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly operation: "chat" | "embeddings" | "rerank";
  readonly stream: boolean;
  /** The name that the client used. */
  readonly model: string;
  /** Who was asked, and under which name; missing where the name led nowhere. */
  readonly provider?: string;
  readonly providerModel?: string;
  /** `aborted`: the client left before the end. */
  readonly outcome: "complete" | "failed" | "aborted";
  /** The HTTP status of the error, where the call failed. */
  readonly errorStatus?: number;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly finishReason?: string;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly cachedTokens?: number;
  /** In millionths of a US dollar, where the model's price is known. */
  readonly costMicroUsd?: number;
  /** What the translation had to change: `dropped=seed;clamped=temperature`. */
  readonly translation?: string;
  /** Every try of every target, the one that answered included; a failed one is no completion. */
  readonly attempts?: readonly AttemptRecord[];
  readonly durationMs: number;
  /** From the call's arrival to its first chunk, where it was streamed. */
  readonly firstChunkMs?: number;
  /** What the attempts took, up to a stream's first content, without the waits for providers: routing and translation. */
  readonly gatewayMs?: number;
}

/** What a reader may want to know of the call besides. It must not be logged. */
export interface CallContext {
  /** The request's, in lower case. */
  readonly headers: RequestHeaders;
  /** What was said, where that is recorded. */
  readonly content?: SaidContent;
}

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What was said, cut to a bound. */
export interface SaidContent {
  /** The request's body, as JSON text. */
  readonly request: string;
  /** The answer as JSON text: of a stream, the messages that it came to. Missing where there was none. */
  readonly answer?: string;
  /** Whether a part is missing. */
  readonly isCut: boolean;
}

export type Recorder = (record: CallRecord, context: CallContext) => void;

/** Hands records on to those who read them. */
export interface Records {
  readonly record: Recorder;
  /** Hands on what is left. */
  flush(): void;
}

/**
 * The readers get the calls of one turn of the event loop together, after it, each all of them in a row: nobody's answer
 * waits for it, and code that runs in a row is in the processor's cache. One by one, amid everything else, records were an
 * eighth of what a short chat costs.
 */
export function createRecords(readers: readonly Recorder[]): Records {
  let left: (readonly [CallRecord, CallContext])[] = [];

  const flush = (): void => {
    const all = left;
    left = [];
    for (const read of readers) for (const [record, context] of all) read(record, context);
  };

  return {
    record(record, context) {
      // Twice: in the first turn the answers themselves are written.
      if (left.push([record, context]) === 1) setImmediate(() => setImmediate(flush));
    },
    flush,
  };
}
