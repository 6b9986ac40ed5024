import { isSchema } from "../grammar/schema-algebra.ts";
import type { TemplateMessage, ToolFunction, ToolUse } from "../model.ts";
import { idsOf } from "./call-ids.ts";
import type { Dialect } from "./dialect.ts";
import { HERMES, type NamedSyntax, type ToolFormat } from "./tool-format.ts";
import { typedSchema } from "./typed-schema.ts";
import { argumentsOf, callsOf, type WrittenCall, writtenCalls } from "./written-calls.ts";

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
  const known = dialect.knowsTools ? withKnownCalls(messages, dialect) : toolsAsText(messages);
  if (tools === undefined) return { messages: known, variables: {} };
  return dialect.knowsTools && dialect.showsTools
    ? {
        messages: known,
        variables: { tools: tools.functions.map((each) => described(dialect.wantsTypes ? typed(each) : each)) },
      }
    : { messages: instructed(known, tools.functions, dialect), variables: {} };
}

function described({ name, description, parameters }: ToolFunction): object {
  const schema = parameters ?? { type: "object", properties: {} };
  return { type: "function", function: { name, description: description ?? "", parameters: schema } };
}

function typed(tool: ToolFunction): ToolFunction {
  const { parameters } = tool;
  return isSchema(parameters) ? { ...tool, parameters: typedSchema({ type: "object", ...parameters }) } : tool;
}

function withKnownCalls(messages: readonly TemplateMessage[], dialect: Dialect): readonly TemplateMessage[] {
  const idOf = idsOf(messages, dialect.ids);
  return messages.map((message) => {
    const { tool_calls: _, tool_call_id: id, ...rest } = message;
    const calls = callsOf(message).map((call) => ({ ...call, id: idOf(call.id) }));
    const asked = typeof id === "string" ? { ...rest, tool_call_id: idOf(id) } : rest;
    if (calls.length === 0) return asked;
    if (!dialect.showsCalls) return { ...asked, content: withText(rest.content, writtenCalls(calls, dialect.format)) };
    return { ...asked, tool_calls: calls.map((call) => withArguments(call, dialect)) };
  });
}

function withArguments(call: WrittenCall, { wantsArgumentsText }: Dialect): WrittenCall {
  const { name, arguments: args } = call.function;
  return { ...call, function: { name, arguments: wantsArgumentsText ? args : argumentsOf(call) } };
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
  const { role, content } = message;
  if (role === "tool") return { role: "user", content: `<tool_response>\n${content}\n</tool_response>` };
  const calls = callsOf(message);
  return calls.length === 0 ? message : { role, content: withText(content, writtenCalls(calls, HERMES)) };
}

function withText(content: string, calls: string): string {
  return content === "" ? calls : `${content}\n${calls}`;
}

function instructed(
  messages: readonly TemplateMessage[],
  functions: readonly ToolFunction[],
  { takesSystem, format }: Dialect,
): readonly TemplateMessage[] {
  const [first, ...others] = messages;
  const text = format.call.kind === "named" ? namedInstruction(functions, format, format.call) : instruction(functions);
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

/**
 * For templates that show calls, and no tools: the words that their makers ask for.
 * Source: https://huggingface.co/deepseek-ai/DeepSeek-V3.1#toolcall
 */
function namedInstruction(functions: readonly ToolFunction[], { open, close }: ToolFormat, call: NamedSyntax): string {
  const tools = functions.map(
    ({ name, description = "", parameters = {} }) =>
      `### ${name}\nDescription: ${description}\n\nParameters: ${JSON.stringify(parameters)}\n`,
  );
  const example = `${call.before}tool_call_name${call.mark}tool_call_arguments${call.after}`;
  return `## Tools
You have access to the following tools:

${tools.join("\n")}
IMPORTANT: ALWAYS adhere to this exact format for tool use:
${open}${example}{additional_tool_calls}${close}

Where:
- \`tool_call_name\` must be an exact match to one of the available tools
- \`tool_call_arguments\` must be valid JSON that strictly follows the tool's Parameters Schema
- For multiple tool calls, chain them directly without separators or spaces`;
}
