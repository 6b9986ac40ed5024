import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import type { Json } from "../api/json.ts";
import type { Model } from "../api/models.ts";
import type { ToolState } from "../api/tool-state.ts";
import type { Call } from "../providers/provider.ts";
import type { Recorder } from "../telemetry/record.ts";
import type { Attempt, Attempts } from "./attempt.ts";
import type { Chunks } from "./first-content.ts";
import type { Health, HealthReport } from "./health.ts";
import { type Limit, streamWithin, within } from "./limit.ts";
import { type Caller, createMeter, type Meter } from "./meter.ts";
import type { Models, Target } from "./model.ts";
import { isResumable, type OnStreamBreak, restOf, unbroken, whoGoesOn } from "./resume.ts";
import { type AskedChat, whoMayAnswer } from "./fallbacks.ts";
import { startStream } from "./start-stream.ts";

/** Every function throws an ApiError when the call cannot be answered. */
export interface Gateway {
  chat(body: Json<ChatCompletionRequest>, caller: Caller): Promise<Json<ChatCompletion>>;
  /** Resolves with the first content at hand: until then a failure is an ordinary error, after it the iteration throws. */
  chatStream(body: Json<ChatCompletionRequest>, caller: Caller): Promise<AsyncIterable<Json<ChatCompletionChunk>>>;
  embed(body: Json<EmbeddingRequest>, caller: Caller): Promise<Json<EmbeddingResponse>>;
  models(signal: AbortSignal): Promise<readonly Model[]>;
  model(name: string, signal: AbortSignal): Promise<Model>;
  /** How those who were called are doing. */
  health(): HealthReport;
}

export interface GatewayParts {
  readonly models: Models;
  readonly attempts: Attempts;
  readonly health: Health;
  /** How many calls run at once. */
  readonly limit: Limit;
  /** Whether an answer that breaks off is gone on with, where that is possible. */
  readonly onStreamBreak: OnStreamBreak;
  readonly toolState: ToolState;
  readonly record: Recorder;
}

/** The whole path of a call, in the order in which it happens: model → attempts → provider → meter. */
export function createGateway({
  models,
  attempts,
  health,
  limit,
  onStreamBreak,
  toolState,
  record,
}: GatewayParts): Gateway {
  /** What a provider is told of one attempt. */
  const callOf = <Body>({ target, clocks, receipt }: Attempt, body: Json<Body>): Call<Body> => ({
    model: target.model,
    body,
    connection: { ...target.connection, upstream: clocks.upstream },
    receipt,
    toolState,
    signal: clocks.signal,
  });

  /** An answer that comes whole ends its attempt. */
  const whole = async <T>(meter: Meter, attempt: Attempt, answer: Promise<T>): Promise<T> => {
    meter.routed(attempt.target);
    const value = await answer;
    meter.routed(attempt.target); // others may have been asked meanwhile
    attempt.clocks.stop();
    attempt.ended();
    return value;
  };

  /** The stream of whoever answers, and of whoever goes on where it breaks. */
  const streamed = async ({ route, body }: AskedChat, caller: Caller, meter: Meter): Promise<Chunks> => {
    const call = { ...caller, stream: true };
    let latest: Target | undefined;
    const start = async (attempt: Attempt, body: Json<ChatCompletionRequest>): Promise<Chunks> => {
      const { target } = attempt;
      meter.routed((latest = target));
      const chunks = await startStream(attempt, call, () => target.provider.chatStream(callOf(attempt, body)));
      meter.routed((latest = target)); // others may have been asked meanwhile
      return chunks;
    };

    const first = await attempts(route, call, (attempt) => start(attempt, body));
    return unbroken(first, {
      signal: caller.signal,
      mayResume: onStreamBreak === "resume" && isResumable(body.value),
      rest: (told, error) =>
        attempts(whoGoesOn(route, latest, error), call, (attempt) => restOf(told, attempt, body, start)),
    });
  };

  return {
    async chat(body, caller) {
      const { model } = body.value;
      const meter = createMeter(record, caller, { operation: "chat", stream: false, model });
      return meter.whole(async () => {
        const asked = whoMayAnswer(models, body, caller);
        return within(limit, caller.signal, () =>
          attempts(asked.route, { ...caller, stream: false }, (attempt) => {
            const { provider } = attempt.target;
            return whole(meter, attempt, provider.chat(callOf(attempt, asked.body)));
          }),
        );
      });
    },

    async chatStream(body, caller) {
      const { model } = body.value;
      const meter = createMeter(record, caller, { operation: "chat", stream: true, model });
      return meter.stream(body.value.stream_options?.include_usage === true, async () => {
        const asked = whoMayAnswer(models, body, caller);
        return streamWithin(limit, caller.signal, () => streamed(asked, caller, meter));
      });
    },

    async embed(body, caller) {
      const { model } = body.value;
      const meter = createMeter(record, caller, { operation: "embeddings", stream: false, model });
      return meter.whole(async () => {
        const route = models.route(model, caller.fallbacks);
        return within(limit, caller.signal, () =>
          attempts(route, { ...caller, stream: false }, (attempt) => {
            const { provider } = attempt.target;
            return whole(meter, attempt, provider.embed(callOf(attempt, body)));
          }),
        );
      });
    },

    models: (signal) => models.list(signal),
    model: (name, signal) => models.find(name, signal),
    health: () => health.report(),
  };
}
