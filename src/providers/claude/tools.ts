import type { ChatCompletionRequest, Tool } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import { say } from "../../messages/say.ts";
import type { Capabilities } from "./capabilities.ts";
import { cacheControl } from "./content.ts";
import { inputSchema, type JsonSchema, strictSchema } from "./schema.ts";
import type { InputSchema, ToolChoice, ToolParam, Turn } from "./wire.ts";

export interface ToolFields {
  readonly tools?: readonly ToolParam[];
  readonly tool_choice?: ToolChoice;
}

/** The tools, and which of them may or must be called. */
export function toolFields(
  body: ChatCompletionRequest,
  turns: readonly Turn[],
  model: Capabilities,
  receipt: Receipt,
): ToolFields {
  if (body["functions"] != null) receipt.refuse("functions", say.unknownHere("tools"));
  if (body["function_call"] != null) receipt.refuse("function_call", say.unknownHere("tool_choice"));
  const choice = toolChoice(body, model, receipt);
  const offered = (body.tools ?? []).flatMap((tool, index) => translate(tool, `tools[${index}]`, model, receipt));
  const tools = [...allowed(body, offered, receipt), ...webSearch(body, receipt)];
  if (tools.length === 0) return forHistory(turns);
  return { tools, ...(choice && { tool_choice: choice }) };
}

/** Tools of types that we do not know, such as those that Anthropic runs, pass as they are. */
function translate(tool: Tool, path: string, model: Capabilities, receipt: Receipt): readonly ToolParam[] {
  if (tool.type === "custom") {
    receipt.refuse(path, {
      en: "is a custom tool: Claude knows tools of type 'function' only.",
      "zh-TW": "這是自訂工具，Claude 只支援「function」型別的工具。",
    });
    return [];
  }
  const { function: described } = tool as { function?: FunctionTool };
  if (tool.type !== "function" || !described) return [tool as unknown as ToolParam];
  const { name, description, parameters, strict } = described;
  const bound = strict === true && model.hasJsonSchema ? strictSchema(inputSchema(parameters)) : undefined;
  if (strict === true && !bound) receipt.note("dropped", "tools.function.strict");
  return [
    {
      name,
      ...(description ? { description } : {}),
      input_schema: (bound as InputSchema | undefined) ?? inputSchema(parameters),
      ...(bound && { strict: true }),
      ...cacheControl(described),
      ...cacheControl(tool),
    },
  ];
}

interface FunctionTool {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: JsonSchema | null;
  readonly strict?: boolean | null;
  readonly [field: string]: unknown;
}

interface NamedChoice {
  readonly type?: string;
  readonly function?: { readonly name: string };
  readonly allowed_tools?: {
    readonly mode?: string;
    readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
  };
}

function toolChoice(body: ChatCompletionRequest, model: Capabilities, receipt: Receipt): ToolChoice | undefined {
  const choice = mapped(body.tool_choice, receipt);
  if (choice?.type === "none") return choice;
  const serial = body["parallel_tool_calls"] === false ? { disable_parallel_tool_use: true } : {};
  if (isForced(choice) && !model.canForceTools) {
    receipt.refuse("tool_choice", {
      en: "cannot force a call on this model: use 'auto', or another model.",
      "zh-TW": "這個模型不能強制呼叫工具：請使用「auto」或其他模型。",
    });
    return { type: "auto", ...serial };
  }
  if (choice) return { ...choice, ...serial };
  return body["parallel_tool_calls"] === false ? { type: "auto", ...serial } : undefined;
}

export function isForced(choice: ToolChoice | undefined): boolean {
  return choice?.type === "any" || choice?.type === "tool";
}

function mapped(choice: unknown, receipt: Receipt): ToolChoice | undefined {
  if (choice == null) return undefined;
  if (choice === "auto" || choice === "none") return { type: choice };
  if (choice === "required") return { type: "any" };
  const named = choice as NamedChoice;
  if (named.function && (named.type ?? "function") === "function") return { type: "tool", name: named.function.name };
  if (named.type === "allowed_tools") return { type: named.allowed_tools?.mode === "required" ? "any" : "auto" };
  if (["auto", "any", "tool", "none"].includes(named.type ?? "")) return choice as ToolChoice; // Anthropic's own form
  receipt.refuse("tool_choice", {
    en: `has a type that Claude does not know: '${named.type}'.`,
    "zh-TW": `Claude 不支援這個型別：「${named.type}」。`,
  });
  return undefined;
}

function allowed(
  { tool_choice }: ChatCompletionRequest,
  tools: readonly ToolParam[],
  receipt: Receipt,
): readonly ToolParam[] {
  const list = (tool_choice as NamedChoice | null | undefined)?.allowed_tools?.tools;
  if (!list) return tools;
  receipt.note("emulated", "tool_choice"); // the others are left out
  const names = new Set(list.map((tool) => tool.function?.name));
  const kept = tools.filter(({ name }) => names.has(name));
  if (kept.length > 0) return kept;
  throw invalidRequest(
    {
      en: "Invalid 'tool_choice.allowed_tools': none of them is in 'tools'.",
      "zh-TW": "「tool_choice.allowed_tools」不正確：其中沒有任何一個在「tools」之中。",
    },
    "tool_choice",
    "invalid_value",
  );
}

/** Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool */
function webSearch({ web_search_options }: ChatCompletionRequest, receipt: Receipt): readonly ToolParam[] {
  if (web_search_options == null) return [];
  receipt.note("renamed", "web_search_options");
  const { user_location } = web_search_options as { user_location?: { approximate?: Record<string, string> } | null };
  const place = user_location?.approximate;
  const tool = {
    type: "web_search_20250305",
    name: "web_search",
    ...(place && { user_location: { type: "approximate", ...place } }),
  };
  return [tool as unknown as ToolParam];
}

/** A history with calls is refused without tools; so they are named, and none may be called. */
function forHistory(turns: readonly Turn[]): ToolFields {
  const uses = turns.flatMap(({ content }) => content.filter((block) => block.type === "tool_use"));
  if (uses.length === 0) return {};
  const names = [...new Set(uses.map(({ name }) => name))];
  return { tools: names.map((name) => ({ name, input_schema: inputSchema(null) })), tool_choice: { type: "none" } };
}
