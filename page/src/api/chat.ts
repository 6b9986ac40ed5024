import type { ChatCompletionChunk, ChatCompletionRequest } from "../../../src/api/chat.ts";
import { readEvents } from "./events.ts";
import { ApiFailure, failure, send } from "./request.ts";

export type ChatEvent =
  /** The answer has begun. `id` is that of the call's record. */
  | { readonly kind: "accepted"; readonly requestId: string | undefined; readonly translation: string | undefined }
  | { readonly kind: "waiting"; readonly text: string }
  | { readonly kind: "chunk"; readonly chunk: ChatCompletionChunk };

/**
 * `POST /v1/chat/completions` as a stream, up to `[DONE]`.
 * @throws ApiFailure for a refused call, and for a stream that breaks; AbortError.
 */
export async function* streamChat(request: ChatCompletionRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const { body, headers, status } = await send("/v1/chat/completions", { method: "POST", body: request, signal });
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  yield { kind: "accepted", requestId: header("x-request-id"), translation: header("x-omniport-translation") };

  for await (const event of readEvents(body ?? new ReadableStream())) {
    if (event.kind === "comment") {
      yield { kind: "waiting", text: event.text };
    } else if (event.data === "[DONE]") {
      return;
    } else {
      const chunk = JSON.parse(event.data) as ChatCompletionChunk;
      if ("error" in chunk) throw failure(status, event.data);
      yield { kind: "chunk", chunk };
    }
  }
  throw new ApiFailure(status, "", "stream_incomplete");
}
