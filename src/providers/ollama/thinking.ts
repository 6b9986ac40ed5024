import type { ChatCompletionRequest, Message } from "../../api/chat.ts";
import type { RequestContext } from "../http-provider.ts";
import type { ModelFacts } from "./model.ts";
import type { ChatRequest } from "./wire.ts";

/** What is kept of a tool call's turn: some models go on from what they thought before it. */
export interface KeptThinking {
  readonly thinking: string;
}

/** Models that are told how much to think, and cannot be told not to. All others are told whether. */
const HAS_LEVELS = /gpt-oss/i;

const LEVELS: Readonly<Record<string, "low" | "medium" | "high">> = {
  none: "low",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
};

/** Source: https://docs.ollama.com/capabilities/thinking */
export function think(
  { reasoning_effort: effort, think }: ChatCompletionRequest,
  { model, described, receipt }: RequestContext<ModelFacts>,
): Pick<ChatRequest, "think"> {
  if (effort == null || think != null) return {};
  if (described?.can("thinking") === false) {
    if (effort !== "none") receipt.note("dropped", "reasoning_effort");
    return {};
  }
  if (!HAS_LEVELS.test(model)) return { think: effort !== "none" };
  const level = LEVELS[effort] ?? "medium";
  if (level !== effort) receipt.note("clamped", "reasoning_effort");
  return { think: level };
}

/** What the model thought in a turn that comes back: from the client, in whichever field it has it, or as we kept it. */
export function thoughtBefore(
  message: Message,
  { toolState }: Pick<RequestContext, "toolState">,
): { thinking?: string } {
  const { reasoning_content, reasoning, reasoning_details, thinking } = message;
  const said = [thinking, reasoning_content, reasoning, detailsText(reasoning_details)].find(isText);
  const kept = (message.tool_calls ?? []).map(({ id }) => (toolState.get(id) as KeptThinking | undefined)?.thinking);
  const text = said ?? kept.find(isText);
  return text === undefined ? {} : { thinking: text };
}

/** OpenRouter's form. */
function detailsText(details: unknown): string | undefined {
  if (!Array.isArray(details)) return undefined;
  return (details as readonly { readonly text?: unknown }[]).map(({ text }) => (isText(text) ? text : "")).join("");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
