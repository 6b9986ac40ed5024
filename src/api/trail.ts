/** One try of one target. */
export interface Attempt {
  /** The target: `openai/gpt-4o`. */
  readonly target: string;
  /** `ok`, `aborted`, or why it failed: the error's code, or its status where it has none. */
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
  /** Where the provider said so. */
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}

/** What was tried for a call, in the order in which it ended. */
export interface Trail {
  note(attempt: Attempt): void;
  /** More has become known of the one that answered: what it cost, or that it broke after its beginning. */
  amend(change: Partial<Attempt>): void;
  readonly attempts: readonly Attempt[];
  /** `openai/gpt-4o=rate_limit_exceeded;claude/claude-haiku-4-5=ok`; "" where nobody was asked. Fit for a header. */
  text(): string;
}

/** Clients take headers of some kilobytes, all together. */
const MAX_TEXT_LENGTH = 2_000;

export function createTrail(): Trail {
  const attempts: Attempt[] = [];
  return {
    attempts,
    note: (attempt) => void attempts.push(attempt),
    amend(change) {
      const index = attempts.findLastIndex(({ outcome }) => outcome === "ok");
      const answered = attempts[index];
      if (answered) attempts[index] = { ...answered, ...change };
    },
    text() {
      const all = attempts.map(({ target, outcome }) => `${inHeader(target)}=${inHeader(outcome)}`).join(";");
      return all.slice(0, MAX_TEXT_LENGTH);
    },
  };
}

/** Names may hold any character; a header, and our own separators, may not. */
function inHeader(text: string): string {
  return text.toWellFormed().replaceAll(/[^\x21-\x7e]|[;=,%]/gu, encodeURIComponent);
}
