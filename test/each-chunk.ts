import type { ChatCompletionChunk } from "../src/api/chat.ts";
import type { ChatStream } from "../src/providers/provider.ts";

/** A stream's chunks one by one, as their text says, whatever reads they came in. */
export async function* eachChunk(stream: ChatStream): AsyncGenerator<ChatCompletionChunk> {
  for await (const batch of stream) {
    for (const { text } of batch) yield JSON.parse(text) as ChatCompletionChunk;
  }
}
