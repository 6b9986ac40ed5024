/**
 * OpenAI's chat completions as they stand on the wire. Fields that we do not name are kept and passed on.
 * Source: https://platform.openai.com/docs/api-reference/chat
 */
export interface ChatCompletionRequest {
  readonly model: string;
  /** OpenRouter's: further models, for the case that the first one fails. */
  readonly models?: readonly string[] | null;
  readonly messages: readonly Message[];
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean | null; readonly [field: string]: unknown } | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly n?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly seed?: number | null;
  readonly presence_penalty?: number | null;
  readonly frequency_penalty?: number | null;
  readonly tools?: readonly Tool[] | null;
  readonly tool_choice?: unknown;
  readonly reasoning_effort?: string | null;
  readonly response_format?: { readonly type: string; readonly [field: string]: unknown } | null;
  readonly [field: string]: unknown;
}

export type Role = "developer" | "system" | "user" | "assistant" | "tool" | "function";

export interface Message {
  readonly role: Role;
  readonly content?: string | readonly ContentPart[] | null;
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
  readonly [field: string]: unknown;
}

export interface ContentPart {
  readonly type: string;
  readonly text?: string;
  readonly [field: string]: unknown;
}

export interface Tool {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface ToolCall {
  readonly id: string;
  readonly type: string;
  readonly function?: { readonly name: string; readonly arguments: string };
  readonly [field: string]: unknown;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call";

export interface ChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
  readonly [field: string]: unknown;
}

export interface Choice {
  readonly index: number;
  readonly message: AssistantMessage;
  readonly finish_reason: FinishReason;
  readonly logprobs?: unknown;
  readonly [field: string]: unknown;
}

export interface AssistantMessage {
  readonly role: "assistant";
  readonly content: string | null;
  readonly refusal?: string | null;
  /** What the model thought before it answered: DeepSeek's name, which most servers and clients share. */
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly [field: string]: unknown;
}

export interface ChatCompletionChunk {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChunkChoice[];
  readonly usage?: Usage | null;
  readonly [field: string]: unknown;
}

export interface ChunkChoice {
  readonly index: number;
  readonly delta: Delta;
  readonly finish_reason: FinishReason | null;
  readonly logprobs?: unknown;
  readonly [field: string]: unknown;
}

export interface Delta {
  readonly role?: "assistant";
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly ToolCallDelta[];
  readonly [field: string]: unknown;
}

/** The first delta of a call bears `id`, `type` and the name; the later ones bear `index` and a piece of the arguments. */
export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
  readonly [field: string]: unknown;
}

export interface Usage {
  /** Cached input included. */
  readonly prompt_tokens: number;
  /** Reasoning included. */
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly [field: string]: unknown } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number; readonly [field: string]: unknown } | null;
  readonly [field: string]: unknown;
}
