import type { ChatCompletionRequest } from "../../api/chat.ts";
import { answerSchema, checkJson } from "../json-output.ts";
import type { Answer } from "../openai-compatible/answers.ts";
import type { Call } from "../provider.ts";
import type { KeptThought } from "./messages.ts";

/**
 * Keeps the thought behind tool calls, which DeepSeek wants back with their results, and holds an answer to the schema
 * that it was told.
 * @throws ApiError 502 for an answer that does not fit the schema.
 */
export function answered(
  { message, finish_reason }: Answer,
  { body, toolState }: Pick<Call<ChatCompletionRequest>, "body" | "toolState">,
): void {
  const { reasoning_content } = message;
  if (reasoning_content) {
    for (const { id } of message.tool_calls ?? []) toolState.save(id, { reasoning_content } satisfies KeptThought);
  }
  const schema = answerSchema(body.value.response_format);
  if (schema && finish_reason === "stop") checkJson(message.content ?? "", schema);
}
