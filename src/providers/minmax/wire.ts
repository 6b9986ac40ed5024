/*
 * MiniMax's chat as it stands on the wire: OpenAI's, with fields of its own.
 * Source: https://platform.minimax.io/docs/api-reference/text-post
 */

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage: boolean };
  readonly max_completion_tokens?: number;
  /** Above 0, up to 1. */
  readonly temperature?: number;
  /** Above 0, up to 1. */
  readonly top_p?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ChatTool[];
  readonly tool_choice?: "none" | "auto";
  readonly thinking?: { readonly type: "disabled" | "adaptive" };
  /** Whether thoughts come in a field of their own, not in `<think>` tags within the content. */
  readonly reasoning_split: boolean;
  readonly response_format?: { readonly type: string };
}

export type ChatMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string | readonly UserPart[]; readonly name?: string }
  | {
      readonly role: "assistant";
      readonly content: string;
      readonly name?: string;
      readonly reasoning_details?: readonly ReasoningDetail[];
      readonly tool_calls?: readonly ChatToolCall[];
    }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

export type UserPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string; readonly detail?: string } }
  | { readonly type: "video_url"; readonly video_url: { readonly url: string } };

export interface ReasoningDetail {
  readonly type: "reasoning.text";
  readonly id: string;
  readonly format: string;
  readonly index: number;
  readonly text: string;
}

export interface ChatToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** All four are required, and none may be empty. */
export interface ChatTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

/** A whole answer, a piece of a streamed one, or an error. */
export interface Reply {
  readonly id?: string;
  /** MiniMax's own road ends a stream with the whole answer again: `chat.completion`. */
  readonly object?: "chat.completion" | "chat.completion.chunk";
  /** Seconds since 1970. */
  readonly created?: number;
  readonly model?: string;
  readonly choices?: readonly ReplyChoice[] | null;
  /** Before the end it is null, or counts nothing. */
  readonly usage?: ReplyUsage | null;
  readonly input_sensitive?: boolean;
  readonly output_sensitive?: boolean;
  /** Status 0 is success, whatever the message says. */
  readonly base_resp?: { readonly status_code: number; readonly status_msg: string } | null;
  readonly error?: unknown;
}

export interface ReplyChoice {
  readonly finish_reason?: string | null;
  readonly message?: ReplyMessage | null;
  readonly delta?: ReplyMessage | null;
}

export interface ReplyMessage {
  readonly content?: string | null;
  /** The same text as in `reasoning_details`. */
  readonly reasoning_content?: string | null;
  readonly reasoning_details?: readonly { readonly text?: string }[] | null;
  readonly tool_calls?: readonly ReplyToolCall[] | null;
}

/** In a stream, the first piece of a call bears the id and the name. */
export interface ReplyToolCall {
  readonly index?: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: unknown };
}

export interface ReplyUsage {
  readonly total_tokens?: number;
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
}

/** Source: https://platform.minimaxi.com/document/embeddings */
export interface EmbeddingsRequest {
  readonly model: string;
  readonly texts: readonly string[];
  /** What the vectors are for: to be found, or to find. */
  readonly type: "db" | "query";
}

export interface EmbeddingsReply {
  readonly vectors?: readonly (readonly number[])[] | null;
  readonly total_tokens?: number;
  readonly base_resp?: Reply["base_resp"];
}
