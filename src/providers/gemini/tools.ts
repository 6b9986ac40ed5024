import type { ChatCompletionRequest, Tool as OpenAiTool } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { Capabilities } from "./models.ts";
import type { FunctionNames } from "./names.ts";
import { openApiSchema } from "./schema.ts";
import type { FunctionDeclaration, Tool, ToolConfig } from "./wire.ts";

interface DescribedFunction {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly strict?: boolean | null;
}

/** The functions that a request declares. */
export function declaredFunctions({ tools }: ChatCompletionRequest): readonly DescribedFunction[] {
  return (tools ?? []).flatMap((tool) => (tool.type === "function" ? [tool["function"] as DescribedFunction] : []));
}

/** `tools` and `tool_choice` in Gemini's words. */
export function tools(
  body: ChatCompletionRequest,
  can: Capabilities,
  names: FunctionNames,
  receipt: Receipt,
): { readonly tools?: readonly Tool[]; readonly toolConfig?: ToolConfig } {
  const declared = declaredFunctions(body);
  if (declared.length > 0 && !can.functions)
    receipt.refuse("tools", {
      en: "are not had with this model. Choose a Gemini model.",
      "zh-TW": "這個模型不支援工具，請選擇 Gemini 模型。",
    });
  const choice = toolChoice(body.tool_choice, declared, receipt);
  const offered = declared.filter(({ name }) => can.functions && (choice.offered?.includes(name) ?? true));
  if (offered.length > 0 && names.changed) receipt.note("renamed", "tools");
  if (!can.validatedCalls && offered.some(({ strict }) => strict === true)) {
    receipt.note("dropped", "tools.function.strict");
  }

  const own = (body.tools ?? []).flatMap((tool) => googleTool(tool, receipt));
  const search = searchTool(body, receipt);
  const functions = offered.map((described) => declaration(described, can, names, receipt));
  const all = [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...own, ...search];
  const callingConfig = functions.length > 0 ? functionCallingConfig(choice, offered, can, names) : undefined;
  return {
    ...(all.length > 0 && { tools: all }),
    ...(callingConfig && { toolConfig: { functionCallingConfig: callingConfig } }),
  };
}

function declaration(
  { name, description, parameters }: DescribedFunction,
  can: Capabilities,
  names: FunctionNames,
  receipt: Receipt,
): FunctionDeclaration {
  return {
    name: names.vendor(name),
    ...(description && { description }),
    ...(parameters && hasFields(parameters) && schemaField(parameters, can, receipt)),
  };
}

/** Older models refuse an object without properties: then the function is declared without a schema. */
function hasFields({ type, properties, ...rest }: Readonly<Record<string, unknown>>): boolean {
  const isEmpty = properties === undefined || Object.keys(Object(properties)).length === 0;
  const says = Object.keys(rest).some((key) => !["additionalProperties", "required", "$schema", "title"].includes(key));
  return !isEmpty || says || (type !== undefined && type !== "object");
}

function schemaField(parameters: object, can: Capabilities, receipt: Receipt): Partial<FunctionDeclaration> {
  if (can.json === "schema") return { parametersJsonSchema: parameters };
  const { schema, lost } = openApiSchema(parameters);
  for (const keyword of lost) receipt.note("dropped", `tools.function.parameters.${keyword}`);
  return { parameters: schema };
}

/** A tool of Google's own under its own name: `{"type": "googleSearch"}` or `{"type": "googleSearch", "googleSearch": {…}}`. */
function googleTool({ type, ...settings }: OpenAiTool, receipt: Receipt): readonly Tool[] {
  if (type === "function") return [];
  if (type === "custom") {
    receipt.refuse("tools", {
      en: "of type 'custom' are not had with Gemini. Describe the tool as a function.",
      "zh-TW": "Gemini 不支援「custom」型別的工具，請以函式描述這個工具。",
    });
    return [];
  }
  return [Object.keys(settings).length > 0 ? settings : { [type]: {} }];
}

/** OpenAI's web search, by Google's. */
function searchTool({ web_search_options }: ChatCompletionRequest, receipt: Receipt): readonly Tool[] {
  if (web_search_options == null) return [];
  receipt.note("emulated", "web_search_options");
  return [{ googleSearch: {} }];
}

interface ToolChoice {
  readonly mode: "auto" | "none" | "required";
  /** Where only some functions may be called: their names. */
  readonly allowed?: readonly string[];
  /** Where only some functions are to be known to the model. */
  readonly offered?: readonly string[];
}

function toolChoice(choice: unknown, declared: readonly DescribedFunction[], receipt: Receipt): ToolChoice {
  if (choice == null || choice === "auto") return { mode: "auto" };
  if (choice === "none") return { mode: "none" };
  if (declared.length === 0)
    throw invalidRequest(
      {
        en: "'tool_choice' is only allowed when 'tools' are given.",
        "zh-TW": "只有提供「tools」時，才能使用「tool_choice」。",
      },
      "tool_choice",
    );
  if (choice === "required") return { mode: "required" };

  const { type, ...form } = Object(choice) as { type?: unknown; function?: unknown; allowed_tools?: unknown };
  if (type === "function") return { mode: "required", allowed: [known(form.function, declared)] };
  if (type === "allowed_tools") {
    const { mode, tools } = Object(form.allowed_tools) as { mode?: unknown; tools?: unknown };
    const listed = Array.isArray(tools) ? (tools as readonly unknown[]) : [];
    const allowed = listed.map((tool) => known((Object(tool) as { function?: unknown }).function, declared));
    if (mode === "required") return { mode, allowed };
    receipt.note("emulated", "tool_choice"); // only with `ANY` does Gemini know functions that may not be called
    return { mode: "auto", offered: allowed };
  }
  receipt.refuse("tool_choice", {
    en: `of type '${String(type)}' is not had with Gemini. Use 'function' or 'allowed_tools'.`,
    "zh-TW": `Gemini 不支援型別「${String(type)}」，請使用「function」或「allowed_tools」。`,
  });
  return { mode: "auto" };
}

function known(value: unknown, declared: readonly DescribedFunction[]): string {
  const { name } = Object(value) as { name?: unknown };
  const found = declared.find((described) => described.name === name);
  if (found) return found.name;
  throw invalidRequest(
    {
      en: `Tool choice '${String(name)}' is not among the 'tools'.`,
      "zh-TW": `「tool_choice」指定的「${String(name)}」不在「tools」之中。`,
    },
    "tool_choice",
  );
}

function functionCallingConfig(
  { mode, allowed }: ToolChoice,
  offered: readonly DescribedFunction[],
  can: Capabilities,
  names: FunctionNames,
): ToolConfig["functionCallingConfig"] {
  if (mode === "none") return { mode: "NONE" };
  if (mode === "required") {
    return { mode: "ANY", ...(allowed && { allowedFunctionNames: allowed.map((name) => names.vendor(name)) }) };
  }
  const isStrict = can.validatedCalls && offered.some(({ strict }) => strict === true);
  return { mode: isStrict ? "VALIDATED" : "AUTO" };
}
