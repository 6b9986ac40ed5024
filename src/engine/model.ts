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
  /** As `formatReference` has it: `owner/repo:Q8_0`. */
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

/** How long a model stays in memory after a call; without it, as the engine is set. */
interface Keeping {
  readonly keepAliveMs?: number;
}

export interface GenerateRequest extends Keeping {
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
  /** Only the likeliest so many tokens; without it, or with 0, all. */
  readonly topK?: number;
  /** Only tokens whose probability is at least this share of the likeliest one's. */
  readonly minP?: number;
  /**
   * Divides the logits of tokens that stand in the prompt or the answer; 1 changes nothing. Beside one of the other
   * penalties it counts the answer alone, as they do.
   */
  readonly repetitionPenalty?: number;
  /** Added to the logits, by token id. */
  readonly logitBias?: ReadonlyMap<number, number>;
  /** How many alternatives to tell for each token of the text, 0 for its own probability alone; without it, nothing. */
  readonly topLogprobs?: number;
  /** The answer is JSON: any object, or what fits the schema. */
  readonly json?: "object" | JsonSchema;
  readonly tools?: ToolUse;
}

/** A JSON Schema as it came. Source: https://json-schema.org/draft/2020-12 */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ToolUse {
  /** At least one. */
  readonly functions: readonly ToolFunction[];
  /** Whether there has to be a call, and of what. */
  readonly choice: "auto" | "required" | { readonly name: string };
  /** Whether there may be several calls in one answer. */
  readonly parallel: boolean;
}

export interface ToolFunction {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: JsonSchema;
}

/** A token and how likely it was, before anything that a request does to the choice. */
export interface TokenLogprob {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Natural logarithm of the probability. */
  readonly logprob: number;
}

export interface ChosenToken extends TokenLogprob {
  /** The likeliest tokens at this place, best first. */
  readonly top: readonly TokenLogprob[];
}

export type GenerateEvent =
  /** Comes first, when the prompt has been read. */
  | {
      readonly type: "start";
      /** What the model's chat template knows nothing of, and is done with words in the prompt. */
      readonly emulated: readonly "tools"[];
    }
  /** Whole characters only: a piece never ends inside one. */
  | { readonly type: "text"; readonly text: string; readonly logprobs?: readonly ChosenToken[] }
  /** What the model thinks before it answers. */
  | { readonly type: "reasoning"; readonly text: string }
  /** A call begins; the `arguments` that follow, a JSON object in pieces, are its own. */
  | { readonly type: "toolCall"; readonly name: string }
  | { readonly type: "arguments"; readonly text: string }
  | {
      readonly type: "end";
      readonly reason: "stop" | "length" | "toolCalls";
      readonly promptTokens: number;
      /** Those of `completionTokens` that were thoughts. */
      readonly reasoningTokens?: number;
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

export interface EmbedRequest extends Keeping {
  /** Texts, or texts as token ids of this model's own vocabulary (without the special tokens around them). */
  readonly inputs: readonly (string | readonly number[])[];
  /** One of the prompts that the model's maker has written, by its name; it stands before each input. */
  readonly promptName?: string;
  /** The same in words of one's own. */
  readonly prompt?: string;
  /** Only the first so many numbers of each vector, brought back to length 1; at most as many as the model makes. */
  readonly dimensions?: number;
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
  /**
   * @throws EngineError `bad_request` for a token id outside the vocabulary, a prompt that the model does not have, or
   * more dimensions than it makes.
   */
  embed(request: EmbedRequest, signal: AbortSignal): Promise<EmbedResult>;
  dispose(): Promise<void>;
}

export interface RerankRequest extends Keeping {
  readonly query: string;
  readonly documents: readonly string[];
  /** More of a document is not read. */
  readonly maxDocumentTokens?: number;
  /** Whether a query and a document that are too long together are cut, as sentence-transformers does, or refused. */
  readonly truncate: boolean;
  /** The model's own number, or one between 0 and 1. Without it, what sentence-transformers gives for the model. */
  readonly scores?: "raw" | "probability";
}

export interface RerankResult {
  /** One a document, in the documents' order; the higher, the more it has to do with the query. */
  readonly scores: readonly number[];
  /** All tokens that were computed, the query's once a document, padding left out. */
  readonly promptTokens: number;
}

/** A cross-encoder in memory: it reads a query and a document together, and says how well they fit. */
export interface RerankModel {
  /** @throws EngineError `context_length_exceeded` where nothing may be cut. */
  rerank(request: RerankRequest, signal: AbortSignal): Promise<RerankResult>;
  dispose(): Promise<void>;
}
