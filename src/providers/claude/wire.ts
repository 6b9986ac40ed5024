/*
 * Anthropic's Messages API as it stands on the wire, as far as we read or write it. Fields that we do not name pass.
 * Source: https://platform.claude.com/docs/en/api/messages
 */

export interface MessagesRequest {
  readonly model: string;
  /** Required; thinking counts, too. */
  readonly max_tokens: number;
  readonly messages: readonly Turn[];
  readonly system?: readonly TextBlockParam[];
  readonly tools?: readonly ToolParam[];
  readonly tool_choice?: ToolChoice;
  readonly thinking?: Thinking;
  readonly output_config?: OutputConfig;
  readonly stop_sequences?: readonly string[];
  readonly metadata?: { readonly user_id: string };
  readonly service_tier?: "auto" | "standard_only";
  /** 0 to 1. Models since Opus 4.7 refuse it, and the two below. */
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stream?: true;
}

/** Neighbours of one role count as one turn; every `tool_use` is answered at the beginning of the very next turn. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: readonly BlockParam[];
}

export type BlockParam =
  | TextBlockParam
  | ImageBlockParam
  | DocumentBlockParam
  | ToolUseBlockParam
  | ToolResultBlockParam
  | ThinkingBlock
  | RedactedThinkingBlock;

export interface CacheControl {
  readonly type: "ephemeral";
  readonly ttl?: "5m" | "1h";
}

/** The text must hold more than white space. */
export interface TextBlockParam {
  readonly type: "text";
  readonly text: string;
  readonly cache_control?: CacheControl;
}

export interface ImageBlockParam {
  readonly type: "image";
  readonly source: Base64Source<ImageType> | { readonly type: "url"; readonly url: string };
  readonly cache_control?: CacheControl;
}

export type ImageType = "image/jpeg" | "image/png" | "image/gif" | "image/webp";

interface Base64Source<MediaType> {
  readonly type: "base64";
  readonly media_type: MediaType;
  readonly data: string;
}

export interface DocumentBlockParam {
  readonly type: "document";
  readonly source:
    | Base64Source<"application/pdf">
    | { readonly type: "text"; readonly media_type: "text/plain"; readonly data: string }
    | { readonly type: "file"; readonly file_id: string };
  readonly title?: string;
  readonly cache_control?: CacheControl;
}

export interface ToolUseBlockParam {
  readonly type: "tool_use";
  /** `[a-zA-Z0-9_-]+`, and no other call's in the same request. */
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly cache_control?: CacheControl;
}

export interface ToolResultBlockParam {
  readonly type: "tool_result";
  readonly tool_use_id: string;
  readonly content?: readonly (TextBlockParam | ImageBlockParam | DocumentBlockParam)[];
  readonly is_error?: boolean;
  readonly cache_control?: CacheControl;
}

/** Goes back to the model unchanged, or not at all: the signature vouches for it. */
export interface ThinkingBlock {
  readonly type: "thinking";
  readonly thinking: string;
  readonly signature: string;
}

export interface RedactedThinkingBlock {
  readonly type: "redacted_thinking";
  readonly data: string;
}

export interface ToolParam {
  readonly name: string;
  readonly description?: string;
  readonly input_schema: InputSchema;
  readonly strict?: boolean;
  readonly cache_control?: CacheControl;
}

/** JSON Schema of an object; `anyOf`, `oneOf` and `allOf` are refused at its top. */
export interface InputSchema {
  readonly type: "object";
  readonly [keyword: string]: unknown;
}

export type ToolChoice =
  | { readonly type: "auto" | "any"; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: "tool"; readonly name: string; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: "none" };

/** Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
export type Thinking =
  | { readonly type: "adaptive"; readonly display?: "summarized" | "omitted" }
  | { readonly type: "enabled"; readonly budget_tokens: number }
  | { readonly type: "disabled" };

export type Effort = "low" | "medium" | "high" | "xhigh" | "max";

export interface OutputConfig {
  readonly effort?: Effort;
  readonly format?: { readonly type: "json_schema"; readonly schema: Readonly<Record<string, unknown>> };
}

/** The whole answer. */
export interface Message {
  readonly id: string;
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: string | null;
  readonly stop_details?: { readonly explanation?: string | null } | null;
  readonly usage: Usage;
}

/** A block of an answer. Besides these there are blocks of tools that Anthropic runs itself: they are not for the client. */
export type ContentBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | RedactedThinkingBlock
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown };

/** Any field may be null or missing. `input_tokens` leaves out what was read from the cache or written to it. */
export interface Usage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  /** What of the latter is kept for an hour instead of five minutes. */
  readonly cache_creation?: { readonly ephemeral_1h_input_tokens?: number } | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
}

/** Source: https://platform.claude.com/docs/en/build-with-claude/streaming */
export type StreamEvent =
  | { readonly type: "message_start"; readonly message: Message }
  | { readonly type: "content_block_start"; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: "content_block_delta"; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: "content_block_stop"; readonly index: number }
  | {
      readonly type: "message_delta";
      readonly delta: Pick<Message, "stop_reason" | "stop_details">;
      /** Of the whole message up to here, not since the last event. */
      readonly usage?: Usage;
    }
  | { readonly type: "message_stop" };

export type BlockDelta =
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "thinking_delta"; readonly thinking: string }
  | { readonly type: "signature_delta"; readonly signature: string }
  | { readonly type: "input_json_delta"; readonly partial_json: string };

/** `GET /v1/models`. */
export interface ModelPage {
  readonly data: readonly { readonly id: string; readonly display_name?: string; readonly created_at?: string }[];
  readonly has_more?: boolean;
  readonly last_id?: string | null;
}
