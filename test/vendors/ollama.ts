import type { ChatRequest, Message } from "../../src/providers/ollama/wire.ts";
import type { SeenCall } from "../fakes/openai.ts";
import { type Heard, type Said, USAGE } from "./fake-model.ts";
import { pieces, type Vendor } from "./vendor.ts";

/** Source: https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollama: Vendor = {
  model: "ollama/qwen3-vl",
  showsThoughts: true,
  hasImages: true,
  hasJsonSchema: true,
  refused: { audio: { voice: "alloy", format: "wav" } },
  thoughtInRequest: (thought) => JSON.stringify({ thinking: thought }).slice(1, -1),
  environment: (origin) => ({ OLLAMA_BASEURL: origin }),
  hear,
  inform: () => ({
    capabilities: ["completion", "tools", "vision", "thinking"],
    model_info: { "general.architecture": "qwen3", "qwen3.context_length": 40_960 },
  }),
  whole: (said, call) => line(call, message(said, call), true),
  stream,
  isStream: ({ body }) => body.stream !== false,
  streamType: "application/x-ndjson",
  refusal: ({ status, message }) => ({
    status,
    body: { error: status === 404 ? 'model "qwen3-vl" not found, try pulling it first' : message },
  }),
};

function hear({ path, text }: SeenCall): Heard | undefined {
  if (path !== "/api/chat") return undefined;
  const { messages, tools = [], format, think } = JSON.parse(text) as ChatRequest;
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const { content = "", images = [] } = messages[asked] ?? {};
  return {
    text: content,
    images,
    tools: tools.map((tool) => tool.function.name),
    wantsJson: format !== undefined,
    steps: messages.slice(asked).flatMap(step),
    wantsThoughts: think === true,
  };
}

function step({ thinking, tool_calls: calls = [] }: Message): Heard["steps"] {
  return calls.length > 0 ? [{ thought: thinking, called: calls.map((call) => call.function.name) }] : [];
}

function message({ thought, text, calls }: Said, { text: request }: SeenCall): Message {
  const { think } = JSON.parse(request) as ChatRequest;
  return {
    role: "assistant",
    content: text,
    ...(think === true && { thinking: thought }),
    ...(calls.length > 0 && { tool_calls: calls.map((called) => ({ function: called })) }),
  };
}

function line({ body }: SeenCall, part: Message, done: boolean): object {
  const end = { done_reason: "stop", prompt_eval_count: USAGE.prompt, eval_count: USAGE.completion };
  return { model: body.model, created_at: "2026-01-02T03:04:05.678901Z", message: part, done, ...(done && end) };
}

function stream(said: Said, call: SeenCall): readonly string[] {
  const { thinking = "", content, ...rest } = message(said, call);
  const parts: readonly Message[] = [
    ...pieces(thinking).map((piece) => ({ role: "assistant", content: "", thinking: piece }) as const),
    ...pieces(content).map((piece) => ({ role: "assistant", content: piece }) as const),
    ...(rest.tool_calls ? [{ ...rest, content: "" }] : []),
  ];
  const last = line(call, { role: "assistant", content: "" }, true);
  return [...parts.map((part) => line(call, part, false)), last].map((one) => `${JSON.stringify(one)}\n`);
}
