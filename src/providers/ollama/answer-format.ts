import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { ChatRequest, Message } from "./wire.ts";

export interface AnswerFormat {
  /** What binds the answer, token by token. */
  readonly fields: Pick<ChatRequest, "format">;
  /** What the model is told of it: bound, it writes JSON in any case, but it should know which. */
  readonly instruction?: string;
}

interface JsonSchemaFormat {
  readonly name?: string;
  readonly description?: string | null;
  readonly schema?: object | null;
}

/**
 * JSON output. It is bound to its schema by a grammar, under which no tool could be called: beside tools the model is
 * only told of it.
 */
export function answerFormat(
  { response_format: wanted }: ChatCompletionRequest,
  hasTools: boolean,
  receipt: Receipt,
): AnswerFormat {
  if (wanted == null || wanted.type === "text") return { fields: {} };
  if (hasTools) receipt.note("emulated", "response_format");
  if (wanted.type === "json_object") {
    if (!hasTools) return { fields: { format: "json" } };
    return { fields: {}, instruction: "When you do not call a tool, answer with a JSON object and nothing else." };
  }
  const { schema, description } = (wanted["json_schema"] ?? {}) as JsonSchemaFormat;
  const when = hasTools ? "When you do not call a tool, answer" : "Answer";
  const told = [`${when} with JSON that matches this schema, and nothing else: ${JSON.stringify(schema ?? {})}`];
  const instruction = [...told, ...(description ? [description] : [])].join("\n");
  return { fields: hasTools ? {} : { format: schema ?? "json" }, instruction };
}

/** The instruction at the end of the system's words, or as such. */
export function withInstruction(messages: readonly Message[], instruction: string | undefined): readonly Message[] {
  if (instruction === undefined) return messages;
  const [first, ...rest] = messages;
  if (first?.role !== "system") return [{ role: "system", content: instruction }, ...messages];
  return [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest];
}
