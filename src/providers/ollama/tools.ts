import type { ChatCompletionRequest, Tool as ChatTool } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import { say } from "../../messages/say.ts";
import type { RequestContext } from "../http-provider.ts";
import type { ModelFacts } from "./model.ts";
import type { Tool } from "./wire.ts";

/** The tools that may be called. Ollama has no `tool_choice`: what it can of it is had by offering fewer tools. */
export function toolFields(
  body: ChatCompletionRequest,
  { described, model, receipt }: RequestContext<ModelFacts>,
): { readonly tools?: readonly Tool[] } {
  if (body["functions"] != null) receipt.refuse("functions", say.unknownHere("tools"));
  if (body["function_call"] != null) receipt.refuse("function_call", say.unknownHere("tool_choice"));
  const offered = (body.tools ?? []).flatMap((tool, index) => translate(tool, `tools[${index}]`, receipt));
  const tools = chosen(offered, body.tool_choice, receipt);
  if (tools.length === 0) return {};
  if (described?.can("tools") !== false) return { tools };
  receipt.refuse("tools", {
    en: `cannot be used by '${model}': choose a model for which 'ollama show' lists 'tools'.`,
    "zh-TW": `「${model}」無法使用工具：請選擇「ollama show」列出「tools」的模型。`,
  });
  return {};
}

interface FunctionTool {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: object | null;
  readonly strict?: boolean | null;
}

function translate(tool: ChatTool, path: string, receipt: Receipt): readonly Tool[] {
  const { function: described } = tool as { readonly function?: FunctionTool };
  if (tool.type !== "function" || !described) {
    receipt.refuse(path, {
      en: `is of type '${tool.type}': Ollama knows tools of type 'function' only.`,
      "zh-TW": `型別是「${tool.type}」，Ollama 只支援「function」型別的工具。`,
    });
    return [];
  }
  const { name, description, parameters, strict } = described;
  if (strict === true) receipt.note("dropped", "tools.function.strict");
  return [
    {
      type: "function",
      function: {
        name,
        ...(description && { description }),
        parameters: { type: "object", properties: {}, ...parameters },
      },
    },
  ];
}

interface Choice {
  readonly type: string;
  readonly function?: { readonly name?: string };
  readonly allowed_tools?: {
    readonly mode?: string;
    readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
  };
}

function chosen(tools: readonly Tool[], choice: unknown, receipt: Receipt): readonly Tool[] {
  if (choice == null || choice === "auto") return tools;
  if (choice === "none") return [];
  if (choice === "required") {
    receipt.note("dropped", "tool_choice");
    return tools;
  }
  const { type, function: named, allowed_tools: allowed } = choice as Choice;
  if (type === "function" && named) return only([named.name], tools, receipt);
  if (type === "allowed_tools" && allowed) {
    if (allowed.mode === "required") receipt.note("dropped", "tool_choice.mode");
    return only(
      (allowed.tools ?? []).map((tool) => tool.function?.name),
      tools,
      receipt,
    );
  }
  receipt.refuse("tool_choice", {
    en: `has a type that is not known here: '${type}'.`,
    "zh-TW": `這裡不支援這個型別：「${type}」。`,
  });
  return tools;
}

function only(names: readonly (string | undefined)[], tools: readonly Tool[], receipt: Receipt): readonly Tool[] {
  const kept = tools.filter((tool) => names.includes(tool.function.name));
  if (kept.length === 0) {
    const message = {
      en: `Invalid 'tool_choice': there is no '${names.join("', '")}' in 'tools'.`,
      "zh-TW": `「tool_choice」不正確：「tools」中沒有「${names.join("」、「")}」。`,
    };
    throw invalidRequest(message, "tool_choice", "invalid_value");
  }
  receipt.note("emulated", "tool_choice");
  return kept;
}
