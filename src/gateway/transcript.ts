import type { ChatCompletionChunk, Delta } from "../api/chat.ts";
import type { Json } from "../api/json.ts";
import type { SaidContent } from "../telemetry/record.ts";

/** Keeps what is said in a call, within bounds, where the user has switched that on. */
export interface Transcript {
  answered(answer: Json<unknown>): void;
  streamed(chunk: ChatCompletionChunk): void;
  content(): SaidContent;
}

/** Of the request and of the answer, each. */
const MAX_CHARACTERS = 32 * 1024;
/** Of answers to one call, and of calls in an answer. */
const MAX_INDEX = 128;

/** A message of a stream, as far as it has come. */
interface Message {
  content?: string;
  reasoning_content?: string;
  tool_calls?: { name: string; arguments: string }[];
}

/** @param request the client's body. */
export function createTranscript(request: Json<unknown>): Transcript {
  const messages: Message[] = []; // one a choice
  let answer: string | undefined;
  let characters = 0;

  return {
    answered: ({ text }) => void (answer = text),

    streamed({ choices }) {
      for (const { index, delta } of choices) {
        if (characters > MAX_CHARACTERS || index >= MAX_INDEX) return;
        characters += add((messages[index] ??= {}), delta);
      }
    },

    content() {
      const { text } = request;
      const said = answer ?? (messages.length > 0 ? JSON.stringify(messages) : undefined);
      return {
        request: text.slice(0, MAX_CHARACTERS),
        ...(said !== undefined && { answer: said.slice(0, MAX_CHARACTERS) }),
        isCut: Math.max(text.length, said?.length ?? 0, characters) > MAX_CHARACTERS,
      };
    },
  };
}

/** @returns how many characters were added. */
function add(message: Message, { content, reasoning_content, tool_calls }: Delta): number {
  let characters = 0;
  const append = (text: string | undefined, more: string | null | undefined): string => {
    characters += more?.length ?? 0;
    return (text ?? "") + (more ?? "");
  };
  if (content) message.content = append(message.content, content);
  if (reasoning_content) message.reasoning_content = append(message.reasoning_content, reasoning_content);
  for (const { index, function: part } of tool_calls ?? []) {
    if (index >= MAX_INDEX) continue;
    const call = ((message.tool_calls ??= [])[index] ??= { name: "", arguments: "" });
    call.name = append(call.name, part?.name);
    call.arguments = append(call.arguments, part?.arguments);
  }
  return characters;
}
