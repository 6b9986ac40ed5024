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
  /** How long it may take, if only so can it have `fullTokens`. */
  readonly limitMs: number;
  readonly minTokens: number;
  /** From this number on, llama.cpp computes at its full speed. */
  readonly fullTokens: number;
  /** How long a token takes at full speed, as a part of what it takes otherwise. */
  readonly fullCost: number;
  readonly maxTokens: number;
}

export function createPace(options: PaceOptions): Pace {
  const { targetMs, limitMs, minTokens, fullTokens, fullCost, maxTokens } = options;
  let size = minTokens;
  return {
    size: () => size,
    learn(tokens, elapsedMs) {
      const msPerToken = Math.max(1, elapsedMs) / tokens;
      const fitting = Math.floor(targetMs / msPerToken);
      const fullMs = fullTokens * msPerToken * (tokens < fullTokens ? fullCost : 1);
      const wanted = fullMs <= limitMs ? Math.max(fitting, fullTokens) : fitting;
      // A short last slice says little about long ones: grow at most twofold.
      size = Math.max(minTokens, Math.min(maxTokens, size * 2, wanted));
    },
  };
}
