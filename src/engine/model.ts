/** Where a model's files lie on this machine. */
export interface Snapshot {
  /** What to call the model: `owner/repo`, or the path that was asked for. */
  readonly id: string;
  /** An absolute path; the files below keep the repository's own relative names (`1_Pooling/config.json`). */
  readonly directory: string;
  /** Relative paths with `/`. All of them are on disk. */
  readonly files: readonly string[];
  /** Names the content, so that what is made from it can be cached: the hub's commit, or a hash of the wheel. */
  readonly revision: string;
}

/** What a download tells while it runs; `totalBytes` counts all the files that are needed. */
export interface Progress {
  readonly model: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A chat message as chat templates take it: OpenAI's message, parts flattened to text. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly [field: string]: unknown;
}

export interface GenerateRequest {
  readonly messages: readonly TemplateMessage[];
  /** Further variables for the chat template, such as `enable_thinking`. */
  readonly templateVariables?: Readonly<Record<string, unknown>>;
  /** At most this many tokens; without it, up to the end of the context. */
  readonly maxTokens?: number;
  /** The text ends before the first of these; none of it is given out. */
  readonly stop: readonly string[];
  /** Without these, what the model's maker advises. */
  readonly temperature?: number;
  readonly topP?: number;
  /** Same seed and same request, same text. */
  readonly seed?: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
}

export type GenerateEvent =
  /** Whole characters only: a piece never ends inside one. */
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "end";
      readonly reason: "stop" | "length";
      readonly promptTokens: number;
      /** Every token that was sampled, the end-of-turn one included. */
      readonly completionTokens: number;
      /** Prompt tokens that were still in the cache from an earlier call. */
      readonly cachedTokens: number;
    };

/** A causal language model in memory. */
export interface ChatModel {
  readonly contextTokens: number;
  /**
   * Streams an answer; the last event is `end`. Returning from the iteration, or the signal, stops the computation.
   * @throws EngineError `context_length_exceeded` before the first event when the prompt does not fit.
   */
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<GenerateEvent>;
  /** Waits for what is running, then frees the memory. */
  dispose(): Promise<void>;
}

export interface EmbedRequest {
  /** Texts, or texts as token ids of this model's own vocabulary (without the special tokens around them). */
  readonly inputs: readonly (string | readonly number[])[];
}

export interface EmbedResult {
  /** One vector an input, in the inputs' order. */
  readonly vectors: readonly Float32Array[];
  /** All tokens that were computed, special ones included, padding left out. */
  readonly promptTokens: number;
  /** How many inputs were longer than the model reads and were cut, as sentence-transformers does. */
  readonly truncatedInputs: number;
}

/** An encoder in memory that makes one vector of a text. */
export interface EmbeddingModel {
  readonly dimensions: number;
  /** @throws EngineError `bad_request` for a token id outside the vocabulary. */
  embed(request: EmbedRequest, signal: AbortSignal): Promise<EmbedResult>;
  dispose(): Promise<void>;
}
