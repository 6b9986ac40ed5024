import type { SeenCall } from "../fakes/openai.ts";
import type { BlockParam, ContentBlock, Message, MessagesRequest } from "../../src/providers/claude/wire.ts";
import { type Heard, type Refusal, type Said, USAGE } from "./fake-model.ts";
import { newId, pieces, saysStream, sealed, sse, unsealed, type Vendor } from "./vendor.ts";

/** Source: https://platform.claude.com/docs/en/api/messages */
export const claude: Vendor = {
  model: "claude/claude-sonnet-4-5",
  showsThoughts: true,
  hasImages: true,
  hasJsonSchema: true,
  refused: { logprobs: true },
  thoughtInRequest: sealed,
  environment: (origin) => ({ ANTHROPIC_API_KEY: "sk-ant-fake", ANTHROPIC_BASE_URL: origin }),
  hear,
  whole: (said, call) => ({ type: "message", role: "assistant", ...message(said, content(said, call)) }),
  stream,
  isStream: saysStream,
  streamType: "text/event-stream",
  refusal,
};

/** One that knows no JSON schema: the answer comes as the arguments of a tool. */
export const olderClaude: Vendor = { ...claude, model: "claude/claude-sonnet-4-0", hasJsonSchema: false };

function hear({ text }: SeenCall): Heard {
  const request = JSON.parse(text) as MessagesRequest;
  const { messages, tools = [], tool_choice: choice } = request;
  const asked = messages.findLastIndex(({ role, content }) => role === "user" && !content.some(isResult));
  const question = messages[asked]?.content ?? [];
  const last = messages.at(-1);
  const begun = last?.role === "assistant" ? textIn(last.content) : "";
  const forced = choice?.type === "any" ? tools[0]?.name : choice?.type === "tool" ? choice.name : undefined;
  return {
    // It goes on with what the conversation ends with.
    text: textIn(question).slice(begun.length),
    images: question.flatMap((block) =>
      block.type === "image" && block.source.type === "base64" ? block.source.data : [],
    ),
    tools: choice?.type === "none" ? [] : tools.map(({ name }) => name),
    forcedTool: forced,
    wantsJson: request.output_config?.format !== undefined,
    steps: messages.slice(asked).flatMap(({ role, content }) => (role === "assistant" ? step(content) : [])),
    wantsThoughts: isThinking(request),
  };
}

function textIn(blocks: readonly BlockParam[]): string {
  return blocks.flatMap((block) => (block.type === "text" ? block.text : [])).join("");
}

function isResult({ type }: { readonly type: string }): boolean {
  return type === "tool_result";
}

function isThinking({ thinking }: MessagesRequest): boolean {
  return thinking?.type === "enabled";
}

/** The thought has to come first, and unchanged. */
function step(blocks: readonly BlockParam[]): Heard["steps"] {
  const called = blocks.flatMap((block) => (block.type === "tool_use" ? block.name : []));
  const [first] = blocks;
  const thought = first?.type === "thinking" ? unsealed(first.signature) : undefined;
  const isUnchanged = first?.type === "thinking" && first.thinking === thought;
  return called.length > 0 ? [{ thought: isUnchanged ? thought : undefined, called }] : [];
}

function message({ calls }: Said, content: readonly ContentBlock[]): Message {
  return {
    id: newId("msg_"),
    model: "claude-sonnet-4-5",
    content,
    stop_reason: calls.length > 0 ? "tool_use" : "end_turn",
    usage: { input_tokens: USAGE.prompt, output_tokens: USAGE.completion },
  };
}

function content({ thought, text, calls }: Said, { text: request }: SeenCall): readonly ContentBlock[] {
  const thinks = isThinking(JSON.parse(request) as MessagesRequest);
  return [
    ...(thinks ? [{ type: "thinking", thinking: thought, signature: sealed(thought) } as const] : []),
    ...(text === "" ? [] : [{ type: "text", text } as const]),
    ...calls.map(({ name, arguments: input }) => ({ type: "tool_use", id: newId("toolu_"), name, input }) as const),
  ];
}

function stream(said: Said, call: SeenCall): readonly string[] {
  const blocks = content(said, call);
  const { stop_reason, usage, ...begun } = message(said, []);
  const events: readonly { readonly type: string }[] = [
    event("message_start", { message: { ...begun, stop_reason: null, usage: { ...usage, output_tokens: 1 } } }),
    event("ping", {}),
    ...blocks.flatMap(blockEvents),
    event("message_delta", { delta: { stop_reason }, usage: { output_tokens: USAGE.completion } }),
    event("message_stop", {}),
  ];
  return events.map((one) => sse(one, one.type));
}

function event(type: string, fields: object): { readonly type: string } {
  return { type, ...fields };
}

function blockEvents(block: ContentBlock, index: number): readonly { readonly type: string }[] {
  const [content_block, deltas] = opened(block);
  return [
    event("content_block_start", { index, content_block }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
}

/** A block as it begins, and what comes after. */
function opened(block: ContentBlock): readonly [object, readonly object[]] {
  if (block.type === "thinking") {
    const words = pieces(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking }));
    const signature = { type: "signature_delta", signature: block.signature };
    return [{ ...block, thinking: "", signature: "" }, [...words, signature]];
  }
  if (block.type === "text") {
    return [{ ...block, text: "" }, pieces(block.text).map((text) => ({ type: "text_delta", text }))];
  }
  if (block.type !== "tool_use") return [block, []];
  const json = pieces(JSON.stringify(block.input));
  return [{ ...block, input: {} }, json.map((partial_json) => ({ type: "input_json_delta", partial_json }))];
}

const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  429: "rate_limit_error",
};

function refusal({ status, message }: Refusal): ReturnType<Vendor["refusal"]> {
  const error = { type: TYPES[status] ?? "api_error", message: status === 404 ? "model: claude-sonnet" : message };
  return { status, body: { type: "error", error } };
}
