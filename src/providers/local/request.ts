import type { ChatCompletionRequest, Message } from "../../api/chat.ts";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { EmbedRequest, GenerateRequest, TemplateMessage } from "../../engine/model.ts";
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
  const json = answerJson(body.response_format);
  const tools = toolUse(body, receipt);
  return {
    ...samplingFields(body),
    messages: templateMessages(body.messages),
    templateVariables: templateVariables(body),
    stop: body.stop == null ? [] : [body.stop].flat().filter((stop) => stop !== ""),
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(json && { json }),
    ...(tools && { tools }),
  };
}

/** @throws ApiError 400 for `dimensions`: the vectors' length is the model's own. */
export function embedRequest({ input, dimensions }: EmbeddingRequest): EmbedRequest {
  if (dimensions != null) {
    throw invalidRequest(
      "Local models make vectors of one length: leave 'dimensions' out.",
      "dimensions",
      "unsupported_parameter",
    );
  }
  if (typeof input === "string") return { inputs: [input] };
  return { inputs: isTokens(input) ? [input] : input };
}

function isTokens(input: readonly unknown[]): input is readonly number[] {
  return typeof input[0] === "number";
}

function refuseUnsupported(body: ChatCompletionRequest, receipt: Receipt): void {
  const { modalities, web_search_options: search } = body;
  if (Array.isArray(modalities) && modalities.includes("audio")) {
    receipt.refuse("modalities", "asks for audio. Local models write text.");
  }
  if (search != null) receipt.refuse("web_search_options", "asks for a search. Local models have none.");
}

/** Results of tools bear the function's name, which some templates write, and OpenAI's messages leave out. */
function templateMessages(messages: readonly Message[]): readonly TemplateMessage[] {
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
      content: text(content, index),
    };
  });
}

function text(content: Message["content"], index: number): string {
  if (content == null || typeof content === "string") return content ?? "";
  return content
    .map((part, at) => {
      if (part.type === "text") return part.text ?? "";
      const path = `messages[${index}].content[${at}]`;
      throw invalidRequest(
        `Local models read text only, and '${path}' is of type '${part.type}'.`,
        path,
        "unsupported_content",
      );
    })
    .join("");
}

/**
 * Models that can think first do so only when `reasoning_effort` asks for it: small ones on a CPU would take minutes.
 * `chat_template_kwargs` is vLLM's field for any further variable of a chat template.
 */
function templateVariables({
  reasoning_effort,
  chat_template_kwargs,
}: ChatCompletionRequest): Readonly<Record<string, unknown>> {
  const enable_thinking = reasoning_effort != null && reasoning_effort !== "none";
  return { enable_thinking, ...(chat_template_kwargs as Record<string, unknown> | undefined) };
}
