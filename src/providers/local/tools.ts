import type { ChatCompletionRequest } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { ToolUse } from "../../engine/model.ts";
import { functionTools } from "../function-tools.ts";
import { canKeepTo } from "./response-format.ts";

/**
 * The tools that the model may call; undefined where it may call none: then it is not told of any.
 * @throws ApiError 400 for tools of other types, a choice that is not there, and `strict` ones with a schema that cannot
 *   be kept to.
 */
export function toolUse(body: ChatCompletionRequest, receipt: Receipt): ToolUse | undefined {
  const { functions, choice = "auto" } = functionTools(body, receipt);
  if (functions.length === 0) {
    if (body.tool_choice != null && body.tool_choice !== "auto" && body.tool_choice !== "none") throw noTools();
    return undefined;
  }
  if (choice === "none") return undefined;
  if (typeof choice === "object" && !functions.some(({ name }) => name === choice.name)) {
    const message = {
      en: `The 'tool_choice' names '${choice.name}', which is none of the 'tools'.`,
      "zh-TW": `「tool_choice」指定的「${choice.name}」不在「tools」之中。`,
    };
    throw invalidRequest(message, "tool_choice", "invalid_value");
  }
  const isForced = typeof choice === "object" || choice === "required";
  functions.forEach(({ strict, parameters }, index) => {
    if (strict === true && parameters) canKeepTo(parameters, `tools[${index}].function.parameters`, receipt);
  });
  return {
    functions: functions.map(({ name, description, parameters }) => ({
      name,
      ...(description == null ? {} : { description }),
      ...(parameters && { parameters }),
    })),
    choice: isForced ? choice : "auto",
    // A small model that must call goes on calling for as long as it may.
    parallel: isForced ? body["parallel_tool_calls"] === true : body["parallel_tool_calls"] !== false,
  };
}

function noTools(): Error {
  return invalidRequest(
    {
      en: "'tool_choice' is only allowed when 'tools' are specified.",
      "zh-TW": "只有提供「tools」時，才能使用「tool_choice」。",
    },
    "tool_choice",
  );
}
