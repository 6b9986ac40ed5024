import type { ChatCompletionRequest, Message } from "../../api/chat.ts";
import { Json } from "../../api/json.ts";
import { createReceipt } from "../../api/receipt.ts";
import { EVERY_LANGUAGE } from "../../messages/language.ts";
import { openaiCompatible } from "../../providers/openai-compatible/index.ts";
import { createMemoryToolState } from "../../store/tool-state.ts";
import { createHttp } from "../../upstream/http.ts";
import type { ServerAddress } from "../running-server.ts";

export interface AnswerPiece {
  readonly kind: "thought" | "text";
  readonly text: string;
}

/**
 * Streams the answer to a conversation. It may be silent for long before it begins, while a model is downloaded.
 * @throws ApiError that says what the server said.
 */
export type Ask = (messages: readonly Message[], signal: AbortSignal) => AsyncGenerator<AnswerPiece>;

/** The server is one more service that speaks OpenAI's wire. */
const omniport = openaiCompatible({
  name: "omniport",
  title: "Omniport",
  env: { key: [], baseUrl: [] },
  callHeaders: () => ({ "accept-language": EVERY_LANGUAGE }),
});

export function createAsk({ url, key }: ServerAddress, model: string): Ask {
  return async function* ask(messages, signal) {
    const upstream = createHttp({ headersTimeoutMs: 0, idleTimeoutMs: 0 });
    try {
      const stream = await omniport.chatStream({
        model,
        body: Json.fromValue<ChatCompletionRequest>({ model, messages, stream: true }),
        connection: { baseUrl: `${url}/v1`, key, headers: {}, options: {}, upstream },
        receipt: createReceipt(false),
        toolState: createMemoryToolState(),
        signal,
      });
      for await (const chunks of stream) {
        for (const { value } of chunks) {
          const { reasoning_content: thought, content: text } = value.choices[0]?.delta ?? {};
          if (thought) yield { kind: "thought", text: thought };
          if (text) yield { kind: "text", text };
        }
      }
    } finally {
      await upstream.close();
    }
  };
}
