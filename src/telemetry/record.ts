/** One try of one target on the way to the answer. */
export interface AttemptRecord {
  readonly target: string;
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}

/** What one call leaves behind; log, metrics and usage are readers of it. Never a key, never what was said. */
export interface CallRecord {
  readonly requestId: string;
  readonly operation: "chat" | "embeddings";
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
  /** What the translation had to change: `dropped=seed;clamped=temperature`. */
  readonly translation?: string;
  /** Every try of every target, the one that answered included; a failed one is no completion. */
  readonly attempts?: readonly AttemptRecord[];
  readonly durationMs: number;
  /** From the call's arrival to its first chunk, where it was streamed. */
  readonly firstChunkMs?: number;
}

export type Recorder = (record: CallRecord) => void;
