/** In US dollars for a million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  /** For what the provider had in its cache; as `input` unless told. */
  readonly cachedInput?: number;
  /** For what it puts there, and what it puts there for an hour; as `input`, and as `cacheWrite`, unless told. */
  readonly cacheWrite?: number;
  readonly cacheWriteHour?: number;
  /** For sound; as `input` and `output` unless told. */
  readonly audioInput?: number;
  readonly audioOutput?: number;
}

/** They count for the whole call when its prompt, cached tokens included, is longer. */
export interface LongPromptRates extends Rates {
  readonly aboveTokens: number;
}

/** What a model costs. */
export interface Price extends Rates {
  /** By rising length. */
  readonly longPrompts?: readonly LongPromptRates[];
}
