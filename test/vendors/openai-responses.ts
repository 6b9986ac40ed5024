import type { SeenCall } from "../fakes/openai.ts";
import type { InputItem, OutputItem, ResponsesRequest } from "../../src/providers/openai/responses/wire.ts";
import { type Heard, type Said, USAGE } from "./fake-model.ts";
import { openai } from "./openai.ts";
import { dataOf, newId, pieces, sealed, sse, unsealed, type Vendor } from "./vendor.ts";

/**
 * A model that thinks. It takes tools on the Responses API only, and all else on chat completions too.
 * Source: https://platform.openai.com/docs/api-reference/responses
 */
export const newerOpenai: Vendor = {
  ...openai,
  model: "openai/gpt-5.6",
  refused: { stop: ["."] },
  thoughtInRequest: sealed,
  hear: (call) => (isResponses(call) ? hear(call) : openai.hear(call)),
  whole: (said, call) => (isResponses(call) ? response(output(said), call) : openai.whole(said, call)),
  stream: (said, call) => (isResponses(call) ? stream(output(said), call) : openai.stream(said, call)),
};

function isResponses({ path }: SeenCall): boolean {
  return path === "/v1/responses";
}

function hear({ text }: SeenCall): Heard {
  const { input, tools = [], tool_choice: choice, text: answer } = JSON.parse(text) as ResponsesRequest;
  const asked = input.findLastIndex((item) => item.type === "message" && item.role === "user");
  const question = input[asked];
  const parts = question?.type === "message" && question.role === "user" ? question.content : [];
  const names = tools.map(({ name }) => name);
  return {
    text: parts.map((part) => (part.type === "input_text" ? part.text : "")).join(""),
    images: parts.flatMap((part) => (part.type === "input_image" ? dataOf(part.image_url) : [])),
    tools: choice === "none" ? [] : names,
    forcedTool: choice === "required" ? names[0] : (choice as { name?: string } | undefined)?.name,
    wantsJson: answer?.format !== undefined && answer.format.type !== "text",
    steps: steps(input.slice(asked)),
    wantsThoughts: true,
  };
}

/** The calls between two thoughts belong together. */
function steps(items: readonly InputItem[]): Heard["steps"] {
  const found: { thought: string | undefined; called: string[] }[] = [];
  let thought: string | undefined;
  let isOpen = false;
  for (const item of items) {
    if (item.type === "reasoning") thought = unsealed(item.encrypted_content);
    if (item.type === "function_call") {
      if (!isOpen) found.push({ thought, called: [] });
      found.at(-1)?.called.push(item.name);
      thought = undefined;
    }
    isOpen = item.type === "function_call";
  }
  return found;
}

function output({ thought, text, calls }: Said): readonly OutputItem[] {
  const message = {
    type: "message",
    id: newId("msg_"),
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations: [] }],
  } satisfies OutputItem;
  return [
    { type: "reasoning", id: newId("rs_"), summary: [], encrypted_content: sealed(thought) },
    ...(text === "" ? [] : [message]),
    ...calls.map(({ name, arguments: args }) => ({
      type: "function_call" as const,
      id: newId("fc_"),
      call_id: newId("call_"),
      name,
      arguments: JSON.stringify(args),
    })),
  ];
}

function response(items: readonly OutputItem[], { body }: SeenCall, status = "completed"): object {
  const usage = { input_tokens: USAGE.prompt, output_tokens: USAGE.completion, total_tokens: USAGE.total };
  const isDone = status === "completed";
  return {
    id: newId("resp_"),
    object: "response",
    created_at: 1_700_000_000,
    model: body.model,
    status,
    output: isDone ? items : [],
    ...(isDone && { usage }),
  };
}

function stream(items: readonly OutputItem[], call: SeenCall): readonly string[] {
  const events = [
    { type: "response.created", response: response(items, call, "in_progress") },
    ...items.flatMap(itemEvents),
    { type: "response.completed", response: response(items, call) },
  ];
  return events.map((event, sequence_number) => sse({ ...event, sequence_number }, event.type));
}

function itemEvents(item: OutputItem, output_index: number): readonly { readonly type: string }[] {
  const at = (type: string, fields: object) => ({ type, output_index, ...fields });
  const added = item.type === "function_call" ? { ...item, arguments: "" } : item;
  return [
    at("response.output_item.added", { item: added }),
    ...(item.type === "message"
      ? item.content.flatMap((part) =>
          pieces(part.type === "output_text" ? part.text : "").map((delta) =>
            at("response.output_text.delta", { delta }),
          ),
        )
      : []),
    ...(item.type === "function_call"
      ? pieces(item.arguments).map((delta) => at("response.function_call_arguments.delta", { delta }))
      : []),
    at("response.output_item.done", { item }),
  ];
}
