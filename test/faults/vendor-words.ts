import { claude, olderClaude } from "../vendors/claude.ts";
import { deepseek } from "../vendors/deepseek.ts";
import { gemini } from "../vendors/gemini.ts";
import { minmax } from "../vendors/minmax.ts";
import { ollama } from "../vendors/ollama.ts";
import { newerOpenai } from "../vendors/openai-responses.ts";
import { openai } from "../vendors/openai.ts";
import { sse, type Vendor } from "../vendors/vendor.ts";

/** An answer that is none, in the vendor's words. */
interface Reply {
  readonly status: number;
  readonly body: object;
}

/** How one vendor says what goes wrong. */
export interface Troubled {
  readonly name: string;
  readonly vendor: Vendor;
  /** What every request holds besides. */
  readonly request?: object;
  readonly tooLong: Reply;
  /** What its rules forbid, where it refuses the call for that. */
  readonly forbidden?: Reply;
  /** An error among a stream's events. */
  readonly errorEvent: string;
  /** How many events follow the one that says why the answer ends. */
  readonly eventsAfterEnd: number;
  /** An answer with status 200 that holds nothing. */
  readonly nothing?: object;
  /** One that its rules hold back. */
  readonly blocked?: object;
}

const OPENAI_WORDS = {
  tooLong: {
    status: 400,
    body: {
      error: {
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    },
  },
  errorEvent: sse({ error: { message: "The server had an error.", type: "server_error", code: null } }),
  eventsAfterEnd: 1,
};

const CLAUDE_WORDS = {
  tooLong: claudeError(400, "invalid_request_error", "prompt is too long: 205000 tokens > 200000 maximum"),
  forbidden: claudeError(400, "invalid_request_error", "Output blocked by content filtering policy"),
  errorEvent: sse({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "error"),
  eventsAfterEnd: 1,
};

function claudeError(status: number, type: string, message: string): Reply {
  return { status, body: { type: "error", error: { type, message } } };
}

const PLACE = { type: "function", function: { name: "place", parameters: { type: "object", properties: {} } } };

export const troubled: readonly Troubled[] = [
  {
    name: "OpenAI",
    vendor: openai,
    ...OPENAI_WORDS,
    forbidden: {
      status: 400,
      body: { error: { message: "Rejected by our safety system.", code: "content_policy_violation" } },
    },
  },
  {
    name: "OpenAI's Responses",
    vendor: newerOpenai,
    request: { tools: [PLACE, { ...PLACE, function: { ...PLACE.function, name: "weather" } }] },
    ...OPENAI_WORDS,
    errorEvent: sse({ type: "error", code: "server_error", message: "The server had an error." }, "error"),
    eventsAfterEnd: 0,
  },
  { name: "Claude", vendor: claude, ...CLAUDE_WORDS },
  { name: "an older Claude", vendor: olderClaude, ...CLAUDE_WORDS },
  {
    name: "Gemini",
    vendor: gemini,
    tooLong: geminiError(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
    ),
    errorEvent: sse(geminiError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.").body),
    eventsAfterEnd: 0,
    nothing: { candidates: [], usageMetadata: { promptTokenCount: 7 }, modelVersion: "gemini-3-pro-preview" },
    blocked: { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: { promptTokenCount: 7 } },
  },
  {
    name: "DeepSeek",
    vendor: deepseek,
    ...OPENAI_WORDS,
    forbidden: { status: 400, body: { error: { message: "Content Exists Risk", type: "invalid_request_error" } } },
  },
  {
    name: "MiniMax",
    vendor: minmax,
    tooLong: minmaxError(2013, "invalid params, context window exceeds limit (2013)"),
    forbidden: minmaxError(1026, "input new_sensitive"),
    errorEvent: sse(minmaxError(1013, "unknown error").body),
    eventsAfterEnd: 0,
  },
  {
    name: "Ollama",
    vendor: ollama,
    tooLong: { status: 400, body: { error: "the input length exceeds the context length" } },
    errorEvent: '{"error":"an error was encountered while running the model: unexpected EOF"}\n',
    eventsAfterEnd: 0,
  },
];

function geminiError(code: number, status: string, message: string): Reply {
  return { status: code, body: { error: { code, message, status } } };
}

function minmaxError(status_code: number, status_msg: string): Reply {
  return { status: 200, body: { base_resp: { status_code, status_msg } } };
}
