import type { ChatCompletionRequest, Message } from "../../api/chat.ts";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { EmbedRequest, GenerateRequest, TemplateMessage } from "../../engine/model.ts";
import { keepAlive } from "./keep-alive.ts";
import { answerJson } from "./response-format.ts";
import { samplingFields } from "./sampling.ts";
import { toolUse } from "./tools.ts";

/**
 * A chat request in the engine's terms, but for `n`.
 * @throws ApiError 400 that names a field which changes the answer and cannot be honoured here.
 */
export function generateRequest(body: ChatCompletionRequest, receipt: Receipt): GenerateRequest {
  refuseUnsupported(body, receipt);
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const json = answerJson(body.response_format, receipt);
  const tools = toolUse(body, receipt);
  return {
    ...samplingFields(body),
    ...keepAlive(body),
    messages: templateMessages(body.messages, receipt),
    templateVariables: templateVariables(body),
    stop: body.stop == null ? [] : [body.stop].flat().filter((stop) => stop !== ""),
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(json && { json }),
    ...(tools && { tools }),
  };
}

/**
 * An embedding request in the engine's terms. `prompt_name` is the field of Text Embeddings Inference for a prompt of
 * the model's own; `prompt` is one in the client's words.
 * @throws ApiError 400 for a prompt that is no text.
 */
export function embedRequest(body: EmbeddingRequest): EmbedRequest {
  const { input, dimensions, prompt_name, prompt } = body;
  return {
    ...keepAlive(body),
    inputs: typeof input === "string" ? [input] : isTokens(input) ? [input] : input,
    ...(dimensions != null && { dimensions }),
    ...(prompt_name != null && { promptName: checkedText(prompt_name, "prompt_name") }),
    ...(prompt != null && { prompt: checkedText(prompt, "prompt") }),
  };
}

function checkedText(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  const shown = JSON.stringify(value).slice(0, 100);
  const message = {
    en: `Invalid '${field}': ${shown}. Expected a string.`,
    "zh-TW": `「${field}」的值 ${shown} 不正確：應為字串。`,
  };
  throw invalidRequest(message, field, "invalid_type");
}

function isTokens(input: readonly unknown[]): input is readonly number[] {
  return typeof input[0] === "number";
}

function refuseUnsupported(body: ChatCompletionRequest, receipt: Receipt): void {
  const { modalities, web_search_options: search } = body;
  if (Array.isArray(modalities) && modalities.includes("audio")) {
    receipt.refuse("modalities", {
      en: "asks for audio. Local models write text.",
      "zh-TW": "要求聲音，而本機模型只輸出文字。",
    });
  }
  if (search != null)
    receipt.refuse("web_search_options", {
      en: "asks for a search. Local models have none.",
      "zh-TW": "要求搜尋，而本機模型沒有搜尋功能。",
    });
}

/** Results of tools bear the function's name, which some templates write, and OpenAI's messages leave out. */
function templateMessages(messages: readonly Message[], receipt: Receipt): readonly TemplateMessage[] {
  const names = new Map(
    messages.flatMap(({ tool_calls: calls }) => (calls ?? []).map((call) => [call.id, call.function?.name] as const)),
  );
  return messages.map((message, index) => {
    const { role, content, name: _, ...rest } = message;
    const called = role === "tool" ? names.get(message.tool_call_id ?? "") : undefined;
    return {
      ...rest,
      ...(called === undefined ? {} : { name: called }),
      role: role === "developer" ? "system" : role,
      content: text(content, `messages[${index}].content`, receipt),
    };
  });
}

function text(content: Message["content"], path: string, receipt: Receipt): string {
  if (content == null || typeof content === "string") return content ?? "";
  return content
    .map((part, index) => {
      if (part.type === "text") return part.text ?? "";
      receipt.refuse(`${path}[${index}]`, {
        en: `is of type '${part.type}'. Local models read text only.`,
        "zh-TW": `型別是「${part.type}」，本機模型只讀取文字。`,
      });
      return "";
    })
    .join("");
}

/**
 * Models that can think first do so only when `reasoning_effort` asks for it: small ones on a CPU would take minutes. How
 * much is for the template to say, if it knows levels.
 * `chat_template_kwargs` is vLLM's field for any further variable of a chat template.
 */
function templateVariables({
  reasoning_effort,
  chat_template_kwargs,
}: ChatCompletionRequest): Readonly<Record<string, unknown>> {
  const enable_thinking = reasoning_effort != null && reasoning_effort !== "none";
  return {
    enable_thinking,
    ...(reasoning_effort != null && { reasoning_effort }),
    ...(chat_template_kwargs as Record<string, unknown> | undefined),
  };
}
