/*
 * Ollama's native API as it stands on the wire, as far as we read or write it. Fields that we do not name pass.
 * Source: https://github.com/ollama/ollama/blob/main/docs/api.md
 */

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  /** A stream unless told otherwise. */
  readonly stream: boolean;
  readonly tools?: readonly Tool[];
  /** `"json"`, or the JSON schema that the answer is bound to. */
  readonly format?: string | object;
  /** A boolean; for some models how much. */
  readonly think?: boolean | "low" | "medium" | "high";
  readonly options?: Options;
  readonly logprobs?: boolean;
  readonly top_logprobs?: number;
  /** `"5m"` unless told otherwise; 0 unloads the model after the call, -1 keeps it. */
  readonly keep_alive?: string | number;
  /** False: a prompt that is too long is refused, instead of cut from its beginning. */
  readonly truncate?: boolean;
  /** False: the answer ends where the context does, instead of going on without its beginning. */
  readonly shift?: boolean;
}

export interface Message {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  /** In base64, without `data:`. */
  readonly images?: readonly string[];
  readonly thinking?: string;
  readonly tool_calls?: readonly ToolCall[];
  /** Of a tool's result: which tool's, and of which call. */
  readonly tool_name?: string;
  readonly tool_call_id?: string;
}

export interface ToolCall {
  /** Newer servers only. */
  readonly id?: string;
  readonly function: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
}

export interface Tool {
  readonly type: string;
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: object;
  };
}

/** Source: https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx#valid-parameters-and-values */
export interface Options {
  readonly num_ctx?: number;
  /** -1: without limit. */
  readonly num_predict?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly [option: string]: unknown;
}

/** A whole answer, or a line of a stream. */
export interface ChatResponse {
  readonly model: string;
  /** RFC 3339, with nanoseconds. */
  readonly created_at: string;
  readonly message: {
    readonly role: string;
    readonly content?: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly ToolCall[] | null;
  };
  readonly done: boolean;
  /** `stop`, `length`, `load`, `unload`; older servers leave it out. */
  readonly done_reason?: string;
  /** The counts are left out where they are 0. */
  readonly prompt_eval_count?: number;
  /** Since 0.35. */
  readonly prompt_eval_cached_count?: number;
  readonly eval_count?: number;
  readonly logprobs?: readonly Logprob[] | null;
}

export interface Logprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | null;
  readonly top_logprobs?: readonly Omit<Logprob, "top_logprobs">[] | null;
}

/** Of a model, by `POST /api/show`. */
export interface ShowResponse {
  /** The template's system text, unless the call brings one. */
  readonly system?: string;
  /** A line each: `num_ctx                        8192`. */
  readonly parameters?: string;
  /** The model file's own fields, such as `llama.context_length`. */
  readonly model_info?: Readonly<Record<string, unknown>>;
  /** `completion`, `tools`, `vision`, `thinking`, `embedding`, `insert`, `audio`; since 0.6.4. */
  readonly capabilities?: readonly string[];
}

/** The models on that machine, by `GET /api/tags`. */
export interface TagsResponse {
  readonly models?: readonly { readonly name: string; readonly modified_at?: string }[] | null;
}

export interface EmbedRequest {
  readonly model: string;
  readonly input: string | readonly string[];
  /** False: an input that is too long is refused instead of cut. */
  readonly truncate?: boolean;
  readonly dimensions?: number;
  readonly options?: Options;
  readonly keep_alive?: string | number;
}

export interface EmbedResponse {
  readonly model: string;
  readonly embeddings: readonly (readonly number[])[];
  readonly prompt_eval_count?: number;
}

/** Of servers before 0.3, by `POST /api/embeddings`: one input a call, its vector of any length. */
export interface OldEmbedResponse {
  readonly embedding: readonly number[];
}
