import type { ChatCompletionRequest } from "../api/chat.ts";
import { invalidRequest } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { say } from "../messages/say.ts";
import { boolean, integer, isObject, missing, number, object, oneOf, required, string, wrongType } from "./check.ts";
import { checkModels } from "./fallbacks.ts";
import { modelName } from "./model-name.ts";
import type { JsonObject } from "./read.ts";

const ROLES = ["developer", "system", "user", "assistant", "tool", "function"];

/**
 * A body as a chat request, after checking what every provider relies on. Fields that we do not know are left alone.
 * @throws ApiError 400 that names the field and what would be right.
 */
export function chatRequest(body: Json<JsonObject>): Json<ChatCompletionRequest> {
  const fields = body.outline;
  modelName(fields);
  checkModels(fields);
  messages(fields["messages"]);

  boolean(fields, "stream");
  object(fields, "stream_options");
  if (fields["stream_options"] != null && fields["stream"] !== true) {
    throw invalidRequest(say.streamOptions, "stream_options");
  }
  integer(fields, "max_tokens", 1);
  integer(fields, "max_completion_tokens", 1);
  integer(fields, "n", 1, 128);
  integer(fields, "seed", Number.MIN_SAFE_INTEGER);
  number(fields, "temperature", 0, 2);
  number(fields, "top_p", 0, 1);
  number(fields, "presence_penalty", -2, 2);
  number(fields, "frequency_penalty", -2, 2);
  boolean(fields, "logprobs");
  integer(fields, "top_logprobs", 0, 20);
  object(fields, "logit_bias");
  stop(fields["stop"]);
  tools(fields["tools"]);
  toolChoice(fields["tool_choice"]);
  boolean(fields, "parallel_tool_calls");
  responseFormat(fields["response_format"]);
  string(fields, "reasoning_effort");
  string(fields, "user");
  object(fields, "metadata");
  return body as Json<JsonObject & ChatCompletionRequest>;
}

function messages(value: unknown): void {
  if (value == null) throw missing("messages");
  if (!Array.isArray(value)) throw wrongType("messages", "an array of messages", value);
  if (value.length === 0) {
    throw invalidRequest(say.emptyMessages, "messages", "empty_array");
  }
  value.forEach((message, index) => checkMessage(message, `messages[${index}]`));
}

function checkMessage(message: unknown, path: string): void {
  if (!isObject(message)) throw wrongType(path, "an object", message);
  if (message["role"] == null) throw missing(`${path}.role`);
  oneOf(message, "role", ROLES, `${path}.role`);
  content(message, path);
  string(message, "name", `${path}.name`);
  if (message["role"] === "tool") {
    if (message["tool_call_id"] == null) throw missing(`${path}.tool_call_id`);
    string(message, "tool_call_id", `${path}.tool_call_id`);
  }
  toolCalls(message["tool_calls"], `${path}.tool_calls`);
}

function content(message: JsonObject, path: string): void {
  const value = message["content"];
  // An assistant's message may consist of tool calls, a refusal or audio alone.
  if (value == null) {
    if (message["role"] === "assistant") return;
    throw value === null
      ? wrongType(`${path}.content`, "a string or an array of content parts", value)
      : missing(`${path}.content`);
  }
  if (typeof value === "string") return;
  if (!Array.isArray(value)) throw wrongType(`${path}.content`, "a string or an array of content parts", value);
  value.forEach((part, index) => contentPart(part, `${path}.content[${index}]`));
}

function contentPart(part: unknown, path: string): void {
  if (!isObject(part)) throw wrongType(path, "an object", part);
  if (part["type"] == null) throw missing(`${path}.type`);
  string(part, "type", `${path}.type`);
  if (part["type"] === "text" && typeof part["text"] !== "string")
    throw wrongType(`${path}.text`, "a string", part["text"]);
  if (part["type"] !== "image_url") return;
  const image = part["image_url"];
  if (!isObject(image)) throw wrongType(`${path}.image_url`, "an object with a 'url'", image);
  if (typeof image["url"] !== "string") throw wrongType(`${path}.image_url.url`, "a string", image["url"]);
}

function toolCalls(value: unknown, path: string): void {
  if (value == null) return;
  if (!Array.isArray(value)) throw wrongType(path, "an array of tool calls", value);
  value.forEach((call: unknown, index) => {
    const at = `${path}[${index}]`;
    if (!isObject(call)) throw wrongType(at, "an object", call);
    if (call["id"] == null) throw missing(`${at}.id`);
    string(call, "id", `${at}.id`);
    const called = call["function"];
    if (called === undefined) return; // a custom tool's call
    if (!isObject(called)) throw wrongType(`${at}.function`, "an object", called);
    if (typeof called["name"] !== "string") throw wrongType(`${at}.function.name`, "a string", called["name"]);
    if (typeof called["arguments"] !== "string") {
      throw wrongType(`${at}.function.arguments`, "a string of JSON", called["arguments"]);
    }
  });
}

function stop(value: unknown): void {
  if (value == null || typeof value === "string") return;
  const isList = Array.isArray(value) && value.every((entry) => typeof entry === "string");
  if (!isList) throw wrongType("stop", "a string or an array of strings", value);
}

function tools(value: unknown): void {
  if (value == null) return;
  if (!Array.isArray(value)) throw wrongType("tools", "an array of tools", value);
  value.forEach((tool: unknown, index) => {
    const path = `tools[${index}]`;
    if (!isObject(tool)) throw wrongType(path, "an object", tool);
    required({ [`${path}.type`]: tool["type"] }, `${path}.type`);
    string(tool, "type", `${path}.type`);
    if (tool["type"] !== "function") return;
    const described = tool["function"];
    if (!isObject(described)) throw wrongType(`${path}.function`, "an object with a 'name'", described);
    if (typeof described["name"] !== "string") throw wrongType(`${path}.function.name`, "a string", described["name"]);
    if (described["parameters"] != null && !isObject(described["parameters"])) {
      throw wrongType(`${path}.function.parameters`, "an object", described["parameters"]);
    }
  });
}

function toolChoice(value: unknown): void {
  if (value == null || isObject(value)) return;
  if (typeof value !== "string") throw wrongType("tool_choice", "a string or an object", value);
  oneOf({ tool_choice: value }, "tool_choice", ["none", "auto", "required"]);
}

function responseFormat(value: unknown): void {
  if (value == null) return;
  if (!isObject(value)) throw wrongType("response_format", "an object", value);
  if (value["type"] == null) throw missing("response_format.type");
  oneOf(value, "type", ["text", "json_object", "json_schema"], "response_format.type");
  if (value["type"] === "json_schema" && !isObject(value["json_schema"])) {
    throw wrongType("response_format.json_schema", "an object with a 'name' and a 'schema'", value["json_schema"]);
  }
}
