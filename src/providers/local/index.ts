import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { EmbeddingResponse } from "../../api/embeddings.ts";
import { Json } from "../../api/json.ts";
import type { Engine } from "../../engine/engine.ts";
import type { GenerateRequest } from "../../engine/model.ts";
import { encodeBase64 } from "../openai-compatible/embeddings.ts";
import type { Call, Provider } from "../provider.ts";
import { pieces, type Piece } from "./answer.ts";
import { type Answers, completion } from "./completion.ts";
import { asApiError } from "./error.ts";
import { embedRequest, generateRequest } from "./request.ts";
import { rerankRequest, rerankResponse } from "./rerank.ts";
import { chunks } from "./stream.ts";

/** The engine's models as a provider: what the engine process serves on its socket. */
export function local(engine: Engine): Provider {
  return {
    name: "local",
    title: "Local models",
    env: { key: [], baseUrl: [] },
    baseUrl: "",
    keyOptional: true,

    async chat(call) {
      try {
        return Json.fromValue(await completion(await start(engine, call)));
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },

    async chatStream(call) {
      try {
        return chunks(await start(engine, call), call.body.value.stream_options?.include_usage === true);
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

    async rerank({ model, body, receipt, signal }) {
      try {
        const ranked = await engine.rerank(model, rerankRequest(body.value, receipt), signal);
        return Json.fromValue(rerankResponse(body.value, ranked));
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },
  };
}

/** The answers to a call, one after the other: so the later ones find the prompt computed. */
async function start(engine: Engine, call: Call<ChatCompletionRequest>): Promise<Answers> {
  const { model, body, receipt, signal } = call;
  const request = generateRequest(body.value, receipt);
  const first = await engine.generate(model, request, signal);
  async function* all(): AsyncGenerator<AsyncIterable<Piece>> {
    yield pieces(first.events, receipt);
    for (let index = 1; index < (body.value.n ?? 1); index++) {
      const { events } = await engine.generate(model, withSeed(request, index), signal);
      yield pieces(events, receipt);
    }
  }
  return { model: first.model, all: all() };
}

/** With one seed for all, all answers would be the same. */
function withSeed(request: GenerateRequest, index: number): GenerateRequest {
  return request.seed === undefined ? request : { ...request, seed: request.seed + index };
}
