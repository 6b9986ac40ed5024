import type { ChatCompletionRequest, Message } from "../../api/chat.ts";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { invalidRequest } from "../../api/error.ts";
import type { EmbedRequest, GenerateRequest, TemplateMessage } from "../../engine/model.ts";

/**
 * A chat request in the engine's terms.
 * @throws ApiError 400 that names a field which changes the answer and cannot be honoured here.
 */
export function generateRequest(body: ChatCompletionRequest): GenerateRequest {
  refuseUnsupported(body);
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  return {
    messages: body.messages.map(templateMessage),
    templateVariables: templateVariables(body),
    stop: body.stop == null ? [] : [body.stop].flat().filter((stop) => stop !== ""),
    presencePenalty: body.presence_penalty ?? 0,
    frequencyPenalty: body.frequency_penalty ?? 0,
    ...(body.temperature == null ? {} : { temperature: body.temperature }),
    ...(body.top_p == null ? {} : { topP: body.top_p }),
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(body.seed == null ? {} : { seed: body.seed }),
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

function refuseUnsupported(body: ChatCompletionRequest): void {
  const refuse = (field: string, what: string): never => {
    throw invalidRequest(`Local models cannot do ${what} yet: leave '${field}' out.`, field, "unsupported_parameter");
  };
  if ((body.tools?.length ?? 0) > 0) refuse("tools", "tool calls");
  if ((body.n ?? 1) > 1) refuse("n", "several answers in one call");
  if (body["logprobs"] === true) refuse("logprobs", "log probabilities");
  if (body.response_format && body.response_format.type !== "text") refuse("response_format", "JSON output");
}

function templateMessage(message: Message, index: number): TemplateMessage {
  const { role, content, name: _, ...rest } = message;
  return { ...rest, role: role === "developer" ? "system" : role, content: text(content, index) };
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
