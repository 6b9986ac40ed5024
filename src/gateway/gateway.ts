import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import type { Json } from "../api/json.ts";
import type { Model } from "../api/models.ts";
import type { ToolState } from "../api/tool-state.ts";
import type { Recorder } from "../telemetry/record.ts";
import { firstChunk } from "./attempt.ts";
import { type Caller, createMeter } from "./meter.ts";
import type { Models } from "./model.ts";

/** Every function throws an ApiError when the call cannot be answered. */
export interface Gateway {
  chat(body: Json<ChatCompletionRequest>, caller: Caller): Promise<Json<ChatCompletion>>;
  /** Resolves with the first chunk at hand: until then a failure is an ordinary error, after it the iteration throws. */
  chatStream(body: Json<ChatCompletionRequest>, caller: Caller): Promise<AsyncIterable<Json<ChatCompletionChunk>>>;
  embed(body: Json<EmbeddingRequest>, caller: Caller): Promise<Json<EmbeddingResponse>>;
  models(signal: AbortSignal): Promise<readonly Model[]>;
  model(name: string, signal: AbortSignal): Promise<Model>;
}

export interface GatewayParts {
  readonly models: Models;
  readonly toolState: ToolState;
  readonly record: Recorder;
}

/** The whole path of a call, in the order in which it happens: model → provider → meter. */
export function createGateway({ models, toolState, record }: GatewayParts): Gateway {
  return {
    async chat(body, caller) {
      const { model } = body.value;
      const meter = createMeter(record, caller, { operation: "chat", stream: false, model });
      return meter.whole(async () => {
        const target = models.target(model);
        meter.routed(target);
        return target.provider.chat({ ...target, ...caller, body, toolState });
      });
    },

    async chatStream(body, caller) {
      const { model } = body.value;
      const meter = createMeter(record, caller, { operation: "chat", stream: true, model });
      return meter.stream(body.value.stream_options?.include_usage === true, async () => {
        const target = models.target(model);
        meter.routed(target);
        return firstChunk(target, ({ provider, ...to }) => provider.chatStream({ ...to, ...caller, body, toolState }));
      });
    },

    async embed(body, caller) {
      const { model } = body.value;
      const meter = createMeter(record, caller, { operation: "embeddings", stream: false, model });
      return meter.whole(async () => {
        const target = models.target(model);
        meter.routed(target);
        return target.provider.embed({ ...target, ...caller, body, toolState });
      });
    },

    models: (signal) => models.list(signal),
    model: (name, signal) => models.find(name, signal),
  };
}
