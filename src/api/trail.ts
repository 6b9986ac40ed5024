/** One try of one target. */
export interface Attempt {
  /** The target: `openai/gpt-4o`. */
  readonly target: string;
  /** `ok`, `aborted`, or why it failed: the error's code, or its status where it has none. */
  readonly outcome: string;
  readonly status?: number;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** To the answer or the failure; of a stream that has begun, to its end. */
  readonly durationMs: number;
  /** Of a stream that has ended: from the attempt's start to its first content. */
  readonly firstChunkMs?: number;
  /** What of it, up to a stream's first content, was not spent waiting for the target. */
  readonly gatewayMs: number;
  /** Where the provider said so. */
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}

/** What was tried for a call, in the order in which it ended. */
export interface Trail {
  note(attempt: Attempt): void;
  /** More has become known of the one that answered. */
  amend(change: Partial<Attempt>): void;
  /** The stream of the one that answered has ended. */
  streamEnded(change?: Pick<Attempt, "outcome" | "status">): void;
  readonly attempts: readonly Attempt[];
  /** `openai/gpt-4o=rate_limit_exceeded;claude/claude-haiku-4-5=ok`; "" where nobody was asked. Fit for a header. */
  text(): string;
}

/** Clients take headers of some kilobytes, all together. */
const MAX_TEXT_LENGTH = 2_000;

export function createTrail(): Trail {
  return new Attempts();
}

class Attempts implements Trail {
  readonly attempts: Attempt[] = [];

  note(attempt: Attempt): void {
    this.attempts.push(attempt);
  }

  amend(change: Partial<Attempt>): void {
    this.#change(() => change);
  }

  streamEnded(change?: Pick<Attempt, "outcome" | "status">): void {
    this.#change(({ startedAt, durationMs }) => ({
      firstChunkMs: durationMs,
      durationMs: Math.round(performance.now() - startedAt),
      ...change,
    }));
  }

  text(): string {
    const all = this.attempts.map(({ target, outcome }) => `${inHeader(target)}=${inHeader(outcome)}`).join(";");
    return all.slice(0, MAX_TEXT_LENGTH);
  }

  #change(changed: (answered: Attempt) => Partial<Attempt>): void {
    const index = this.attempts.findLastIndex(({ outcome }) => outcome === "ok");
    const answered = this.attempts[index];
    if (answered) this.attempts[index] = { ...answered, ...changed(answered) };
  }
}

/** Names may hold any character; a header, and our own separators, may not. */
function inHeader(text: string): string {
  return text.toWellFormed().replaceAll(/[^\x21-\x7e]|[;=,%]/gu, encodeURIComponent);
}
