import { randomBytes } from "node:crypto";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  Delta,
  FinishReason,
  Usage,
} from "../../api/chat.ts";
import type { EmbeddingResponse } from "../../api/embeddings.ts";
import { upstreamBroke } from "../../api/error.ts";
import { Json } from "../../api/json.ts";
import type { Engine } from "../../engine/engine.ts";
import type { GenerateEvent } from "../../engine/model.ts";
import { encodeBase64 } from "../openai-compatible/embeddings.ts";
import type { Provider } from "../provider.ts";
import { asApiError } from "./error.ts";
import { embedRequest, generateRequest } from "./request.ts";

type EndEvent = Extract<GenerateEvent, { type: "end" }>;

/** The engine's models as a provider: what the engine process serves on its socket. */
export function local(engine: Engine): Provider {
  return {
    name: "local",
    title: "Local models",
    env: { key: [], baseUrl: [] },
    baseUrl: "",
    keyOptional: true,

    async chat({ model, body, signal }) {
      try {
        const answer = await engine.generate(model, generateRequest(body.value), signal);
        return Json.fromValue(await completion(answer.model, answer.events));
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },

    async chatStream({ model, body, signal }) {
      try {
        const answer = await engine.generate(model, generateRequest(body.value), signal);
        return chunks(answer.model, answer.events, body.value);
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },

    async embed({ model, body, signal }) {
      try {
        const { vectors, promptTokens, model: answered } = await engine.embed(model, embedRequest(body.value), signal);
        const isBase64 = body.value.encoding_format === "base64";
        return Json.fromValue<EmbeddingResponse>({
          object: "list",
          data: vectors.map((vector, index) => ({
            object: "embedding",
            index,
            embedding: isBase64 ? encodeBase64(vector) : Array.from(vector),
          })),
          model: answered,
          usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
        });
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },
  };
}

async function completion(model: string, events: AsyncIterable<GenerateEvent>): Promise<ChatCompletion> {
  let content = "";
  for await (const event of events) {
    if (event.type === "text") content += event.text;
    else {
      const message = { role: "assistant", content, refusal: null } as const;
      const choice = { index: 0, message, logprobs: null, finish_reason: event.reason };
      return { ...head("chat.completion", model), choices: [choice], usage: usage(event) };
    }
  }
  throw upstreamBroke("The engine");
}

async function* chunks(
  model: string,
  events: AsyncIterable<GenerateEvent>,
  { stream_options }: ChatCompletionRequest,
): AsyncGenerator<Json<ChatCompletionChunk>> {
  const withUsage = stream_options?.include_usage === true;
  const base = head("chat.completion.chunk", model);
  const chunk = (delta: Delta, finish_reason: FinishReason | null): Json<ChatCompletionChunk> => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
    return Json.fromValue<ChatCompletionChunk>(withUsage ? { ...base, choices, usage: null } : { ...base, choices });
  };

  yield chunk({ role: "assistant", content: "" }, null);
  try {
    for await (const event of events) {
      if (event.type === "text") yield chunk({ content: event.text }, null);
      else {
        yield chunk({}, event.reason);
        yield Json.fromValue<ChatCompletionChunk>({ ...base, choices: [], usage: usage(event) });
      }
    }
  } catch (thrown) {
    throw asApiError(thrown);
  }
}

function head<Kind extends string>(
  object: Kind,
  model: string,
): { id: string; object: Kind; created: number; model: string } {
  return { id: `chatcmpl-${randomBytes(12).toString("hex")}`, object, created: Math.floor(Date.now() / 1000), model };
}

function usage({ promptTokens, completionTokens, cachedTokens }: EndEvent): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}
