import type { ChatCompletionRequest, Tool } from "../api/chat.ts";
import type { Receipt } from "../api/receipt.ts";
import { say } from "../messages/say.ts";

/** A tool as the client describes it. */
export interface DescribedFunction {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly strict?: boolean | null;
  readonly [field: string]: unknown;
}

export interface FunctionTools {
  readonly functions: readonly DescribedFunction[];
  /** `none`, `auto`, `required`, or the one function that has to be called. */
  readonly choice?: string | { readonly name: string };
}

interface NamedTool {
  readonly type: string;
  readonly function?: { readonly name: string };
}

/**
 * The tools and their choice for vendors that know functions only. `allowed_tools` leaves the others out.
 * @throws ApiError 400 for tools of other types, and for the old form of all this.
 */
export function functionTools(body: ChatCompletionRequest, receipt: Receipt): FunctionTools {
  if (body["functions"] != null) receipt.refuse("functions", say.oldForm("tools"));
  if (body["function_call"] != null) receipt.refuse("function_call", say.oldForm("tool_choice"));
  const all = (body.tools ?? []).flatMap((tool, index) => described(tool, `tools[${index}]`, receipt));
  const { choice, allowed } = toolChoice(body.tool_choice, receipt);
  const functions = allowed ? all.filter(({ name }) => allowed.has(name)) : all;
  return { functions, ...(choice !== undefined && functions.length > 0 && { choice }) };
}

function described(tool: Tool, path: string, receipt: Receipt): readonly DescribedFunction[] {
  if (tool.type === "function") return [tool["function"] as DescribedFunction];
  receipt.refuse(path, {
    en: `has the type '${tool.type}'. This provider knows 'function' only.`,
    "zh-TW": `型別是「${tool.type}」，這個供應商只支援「function」。`,
  });
  return [];
}

function toolChoice(
  value: unknown,
  receipt: Receipt,
): Pick<FunctionTools, "choice"> & { readonly allowed?: ReadonlySet<string> } {
  if (value == null) return {};
  if (typeof value === "string") return { choice: value };
  const wanted = value as NamedTool & { allowed_tools?: { mode?: string; tools?: readonly NamedTool[] } };
  if (wanted.type === "function" && wanted.function) return { choice: { name: wanted.function.name } };
  if (wanted.type === "allowed_tools" && wanted.allowed_tools) {
    const { mode = "auto", tools = [] } = wanted.allowed_tools;
    receipt.note("emulated", "tool_choice");
    return { choice: mode, allowed: new Set(tools.flatMap((tool) => tool.function?.name ?? [])) };
  }
  receipt.refuse("tool_choice", {
    en: `has the type '${wanted.type}'. This provider knows 'function' and 'allowed_tools'.`,
    "zh-TW": `型別是「${wanted.type}」，這個供應商只支援「function」與「allowed_tools」。`,
  });
  return {};
}
