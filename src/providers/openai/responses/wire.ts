/*
 * The Responses API as it stands on the wire, as far as it is used here.
 * Source: https://platform.openai.com/docs/api-reference/responses
 */

export interface ResponsesRequest {
  model: string;
  input: InputItem[];
  stream?: boolean;
  stream_options?: { include_obfuscation?: boolean };
  store?: boolean;
  include?: "reasoning.encrypted_content"[];
  max_output_tokens?: number;
  temperature?: number;
  top_p?: number;
  parallel_tool_calls?: boolean;
  tools?: ResponsesTool[];
  tool_choice?: ToolChoice;
  reasoning?: { effort?: Effort };
  text?: { format?: TextFormat; verbosity?: "low" | "medium" | "high" };
}

export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

export type InputItem =
  | { type: "message"; role: "developer" | "user"; content: InputPart[] }
  | { type: "message"; role: "assistant"; content: string }
  | { type: "function_call"; call_id: string; name: string; arguments: string }
  | { type: "custom_tool_call"; call_id: string; name: string; input: string }
  | { type: "function_call_output"; call_id: string; output: string | InputPart[] }
  | { type: "custom_tool_call_output"; call_id: string; output: string | InputPart[] }
  | ReasoningItem
  | MessageItem;

export type InputPart =
  | { type: "input_text"; text: string }
  | { type: "input_image"; image_url: string; detail: "low" | "high" | "auto" }
  | { type: "input_file"; file_id?: string; file_data?: string; filename?: string };

export interface ReasoningItem {
  type: "reasoning";
  id: string;
  summary: { type: "summary_text"; text: string }[];
  content?: { type: "reasoning_text"; text: string }[];
  /** What the model thought, for nobody but OpenAI to read. */
  encrypted_content?: string | null;
}

export interface MessageItem {
  type: "message";
  id: string;
  role: "assistant";
  status: "in_progress" | "completed" | "incomplete";
  content: OutputPart[];
}

export type OutputPart =
  | { type: "output_text"; text: string; annotations: never[] }
  | { type: "refusal"; refusal: string };

export type ResponsesTool =
  | {
      type: "function";
      name: string;
      description?: string;
      parameters: Record<string, unknown>;
      /** On by default here, unlike in chat completions. */
      strict: boolean;
    }
  | { type: "custom"; name: string; description?: string; format?: CustomFormat };

export type CustomFormat = { type: "text" } | { type: "grammar"; definition: string; syntax: "lark" | "regex" };

export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { type: "function"; name: string }
  | { type: "custom"; name: string }
  | { type: "allowed_tools"; mode: "auto" | "required"; tools: Record<string, unknown>[] };

export type TextFormat =
  | { type: "text" }
  | { type: "json_object" }
  | { type: "json_schema"; name: string; schema: Record<string, unknown>; description?: string; strict?: boolean };

export type OutputItem =
  | ReasoningItem
  | MessageItem
  | { readonly type: "function_call"; readonly call_id: string; readonly name: string; readonly arguments: string }
  | { readonly type: "custom_tool_call"; readonly call_id: string; readonly name: string; readonly input: string };

/** An answer. Items of further types, such as calls of the vendor's own tools, may stand between those named above. */
export interface ResponsesAnswer {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly model: string;
  readonly status?: string;
  readonly error?: { readonly code?: string; readonly message?: string } | null;
  readonly incomplete_details?: { readonly reason?: string } | null;
  readonly output: readonly OutputItem[];
  readonly service_tier?: string | null;
  readonly usage?: ResponsesUsage | null;
}

export interface ResponsesUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly input_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number };
  readonly output_tokens_details?: { readonly reasoning_tokens?: number };
}

export type ResponsesEvent =
  | {
      readonly type:
        | "response.created"
        | "response.in_progress"
        | "response.queued"
        | "response.completed"
        | "response.incomplete"
        | "response.failed";
      readonly response: ResponsesAnswer;
    }
  | {
      readonly type: "response.output_item.added" | "response.output_item.done";
      readonly output_index: number;
      readonly item: OutputItem;
    }
  | { readonly type: "response.output_text.delta" | "response.refusal.delta"; readonly delta: string }
  | {
      readonly type: "response.reasoning_text.delta" | "response.reasoning_summary_text.delta";
      readonly output_index: number;
      readonly summary_index?: number;
      readonly delta: string;
    }
  | {
      readonly type: "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta";
      readonly output_index: number;
      readonly delta: string;
    }
  | { readonly type: "error"; readonly code?: string | null; readonly message?: string; readonly error?: unknown };
