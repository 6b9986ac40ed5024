import { createHash } from "node:crypto";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { TemplateMessage, ToolFunction, ToolUse } from "../model.ts";
import type { Dialect } from "./dialect.ts";

interface Prompted {
  readonly messages: readonly TemplateMessage[];
  /** For the template. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The messages, and the tools, as the model's chat template takes them. */
export function promptWithTools(
  messages: readonly TemplateMessage[],
  tools: ToolUse | undefined,
  dialect: Dialect,
): Prompted {
  if (dialect.knowsTools) {
    const variables = tools ? { tools: tools.functions.map(described) } : {};
    return { messages: messages.map((message) => withCalls(message, dialect)), variables };
  }
  const asText = toolsAsText(messages);
  return { messages: tools ? instructed(asText, tools.functions, dialect) : asText, variables: {} };
}

function described({ name, description, parameters }: ToolFunction): object {
  const schema = parameters ?? { type: "object", properties: {} };
  return { type: "function", function: { name, description: description ?? "", parameters: schema } };
}

interface WrittenCall {
  readonly id: string;
  readonly type: string;
  readonly function: { readonly name: string; readonly arguments: unknown };
}

function withCalls(message: TemplateMessage, dialect: Dialect): TemplateMessage {
  const { tool_calls: calls, tool_call_id: id, ...rest } = message;
  return {
    ...rest,
    ...(typeof id === "string" && { tool_call_id: dialect.wantsShortIds ? shortId(id) : id }),
    ...(isCalls(calls) && { tool_calls: calls.map((call) => withArguments(call, dialect)) }),
  };
}

function withArguments(call: WrittenCall, { wantsArgumentsText, wantsShortIds }: Dialect): WrittenCall {
  const { name, arguments: args } = call.function;
  const written = wantsArgumentsText ? args : argumentsOf(call);
  return { ...call, id: wantsShortIds ? shortId(call.id) : call.id, function: { name, arguments: written } };
}

/** The same nine letters and digits for the same id. */
function shortId(id: string): string {
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : createHash("sha256").update(id).digest("hex").slice(0, 9);
}

function isCalls(value: unknown): value is readonly WrittenCall[] {
  return Array.isArray(value) && value.length > 0;
}

/** @throws EngineError `bad_request` for arguments that are no JSON object. */
function argumentsOf({ function: { name, arguments: args } }: WrittenCall): object {
  const value = typeof args === "string" ? parsed(args.trim() === "" ? "{}" : args) : args;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new EngineError("bad_request", say.argumentsNoObject(name, String(args)));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // said by the caller
  }
}

/*
 * For templates that know nothing of tools: the words that Hermes and Qwen models are trained on, in ordinary messages.
 */

function toolsAsText(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  const written: TemplateMessage[] = [];
  for (const message of messages) {
    const last = written.at(-1);
    const next = asText(message);
    // Results of several calls are one message: many templates want user and assistant in turns.
    if (last && message.role === "tool" && last.role === "user") {
      written[written.length - 1] = { ...last, content: `${last.content}\n${next.content}` };
    } else written.push(next);
  }
  return written;
}

function asText(message: TemplateMessage): TemplateMessage {
  const { role, content, tool_calls: calls } = message;
  if (role === "tool") return { role: "user", content: `<tool_response>\n${content}\n</tool_response>` };
  if (!isCalls(calls)) return message;
  const lines = calls.map((call) => {
    const written = JSON.stringify({ name: call.function.name, arguments: argumentsOf(call) });
    return `<tool_call>\n${written}\n</tool_call>`;
  });
  return { role, content: [content, ...lines].filter((text) => text !== "").join("\n") };
}

function instructed(
  messages: readonly TemplateMessage[],
  functions: readonly ToolFunction[],
  { takesSystem }: Dialect,
): readonly TemplateMessage[] {
  const [first, ...others] = messages;
  const text = instruction(functions);
  if (first?.role === "system" || (first?.role === "user" && !takesSystem)) {
    const content = first.role === "system" ? `${first.content}\n\n${text}` : `${text}\n\n${first.content}`;
    return [{ ...first, content: content.trim() }, ...others];
  }
  return [{ role: "system", content: text }, ...messages];
}

/** Source: the chat template of https://huggingface.co/Qwen/Qwen2.5-7B-Instruct */
function instruction(functions: readonly ToolFunction[]): string {
  const signatures = functions.map((each) => JSON.stringify(described(each))).join("\n");
  return `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
${signatures}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;
}
