/**
 * How many prompt tokens to compute in one go: few enough that a call can be stopped soon, else as many as possible.
 */
export interface Pace {
  size(): number;
  /** Tells how long so many tokens took. */
  learn(tokens: number, elapsedMs: number): void;
}

export interface PaceOptions {
  /** How long one go should take. */
  readonly targetMs: number;
  readonly minTokens: number;
  readonly maxTokens: number;
}

export function createPace({ targetMs, minTokens, maxTokens }: PaceOptions): Pace {
  let size = minTokens;
  return {
    size: () => size,
    learn(tokens, elapsedMs) {
      const fitting = Math.floor((tokens * targetMs) / Math.max(1, elapsedMs));
      // A short last slice says little about long ones: grow at most twofold.
      size = Math.max(minTokens, Math.min(maxTokens, size * 2, fitting));
    },
  };
}
