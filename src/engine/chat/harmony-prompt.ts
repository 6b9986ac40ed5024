import type { TemplateMessage } from "../model.ts";
import { callsOf, type WrittenCall } from "./written-calls.ts";

/**
 * Messages as the templates of gpt-oss take them: one call a message, its result right behind it, thoughts in a field of
 * their own, and one message of the system, which is the first.
 */
export function harmonyMessages(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  return withOneSystem(oneCallEach(messages.map(withThinking)));
}

const LEVELS: Readonly<Record<string, string>> = { none: "low", minimal: "low", xhigh: "high", max: "high" };

/** gpt-oss always thinks, as much as it is told: low, medium or high. */
export function harmonyVariables(variables: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { reasoning_effort: effort } = variables;
  return typeof effort === "string" ? { ...variables, reasoning_effort: LEVELS[effort] ?? effort } : variables;
}

/**
 * The templates take words beside a call for thoughts, and refuse both; thoughts of an answer without a call are over, and
 * one template would write them in its place.
 */
function withThinking(message: TemplateMessage): TemplateMessage {
  const { content, reasoning_content: thoughts, tool_calls: calls } = message;
  if (calls === undefined || typeof thoughts !== "string" || thoughts === "") return message;
  return { ...message, thinking: [thoughts, content].filter((text) => text !== "").join("\n\n"), content: "" };
}

function withOneSystem(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  const system = messages.filter(({ role }) => role === "system");
  if (system.length < 2 && messages[0] === (system[0] ?? messages[0])) return messages;
  const content = system.map((message) => message.content).join("\n\n");
  return [{ role: "system", content }, ...messages.filter(({ role }) => role !== "system")];
}

function oneCallEach(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  const first = messages.findIndex(({ role }) => role !== "tool");
  return messages.flatMap((message, index) => {
    if (message.role === "tool") return index < first ? [message] : []; // the others stand behind their calls
    const results = resultsAfter(messages, index);
    const calls = callsOf(message);
    if (calls.length < 2) return [message, ...results];
    return calls.flatMap((call, at) => [
      { ...message, ...(at > 0 && { content: "", thinking: "" }), tool_calls: [call] },
      ...results.filter((result) => callOf(result, calls) === at),
    ]);
  });
}

function resultsAfter(messages: readonly TemplateMessage[], index: number): readonly TemplateMessage[] {
  const end = messages.findIndex(({ role }, at) => at > index && role !== "tool");
  return messages.slice(index + 1, end < 0 ? messages.length : end);
}

/** The number of the call that it answers; of the last one, if it names none. */
function callOf({ tool_call_id: id }: TemplateMessage, calls: readonly WrittenCall[]): number {
  const at = calls.findIndex((call) => call.id === id);
  return at < 0 ? calls.length - 1 : at;
}
