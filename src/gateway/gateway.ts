import type { ChatCompletion, ChatCompletionRequest } from "../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import { noReranking } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import type { Model } from "../api/models.ts";
import type { RerankRequest, RerankResponse } from "../api/rerank.ts";
import type { ToolState } from "../api/tool-state.ts";
import type { Call, ChatStream } from "../providers/provider.ts";
import type { CallRecord, Recorder } from "../telemetry/record.ts";
import type { Attempt, Attempts } from "./attempt.ts";
import { type Asked, whoMayAnswer } from "./fallbacks.ts";
import type { Chunks } from "./first-content.ts";
import type { Health, HealthReport } from "./health.ts";
import { type Entrant, streamWithin, within } from "./limit.ts";
import type { LimitLoad, Limits } from "./limits.ts";
import { type Caller, type Counted, createMeter, type Meter } from "./meter.ts";
import type { Models, Target } from "./model.ts";
import { isResumable, type OnStreamBreak, restOf, unbroken, whoGoesOn } from "./resume.ts";
import { startStream } from "./start-stream.ts";
import { createStoredModels, type StoredModels } from "./stored-models.ts";

/** Every function throws an ApiError when the call cannot be answered. */
export interface Gateway {
  chat(body: Json<ChatCompletionRequest>, caller: Caller): Promise<Json<ChatCompletion>>;
  /** Resolves with the first content at hand: until then a failure is an ordinary error, after it the iteration throws. */
  chatStream(body: Json<ChatCompletionRequest>, caller: Caller): Promise<ChatStream>;
  embed(body: Json<EmbeddingRequest>, caller: Caller): Promise<Json<EmbeddingResponse>>;
  rerank(body: Json<RerankRequest>, caller: Caller): Promise<Json<RerankResponse>>;
  models(signal: AbortSignal): Promise<readonly Model[]>;
  model(name: string, signal: AbortSignal): Promise<Model>;
  /** What a call for this model has to wait for, for people; undefined where that is not known. */
  waitsFor(name: string): string | undefined;
  readonly stored: StoredModels;
  /** How those who were called are doing, and how busy the limits are. */
  health(): HealthReport & { readonly limits: readonly LimitLoad[] };
}

export interface GatewayParts {
  readonly models: Models;
  readonly attempts: Attempts;
  readonly health: Health;
  readonly limits: Limits;
  /** Whether an answer that breaks off is gone on with, where that is possible. */
  readonly onStreamBreak: OnStreamBreak;
  readonly toolState: ToolState;
  readonly record: Recorder;
  /** Whether what is said is recorded, too; unless told, it is not. */
  readonly recordContent?: boolean;
}

/** The whole path of a call, in the order in which it happens: model → attempts → provider → meter. */
export function createGateway({
  models,
  attempts,
  health,
  limits,
  onStreamBreak,
  toolState,
  record,
  recordContent = false,
}: GatewayParts): Gateway {
  const said = <Body>(body: Json<Body>): Json<Body> | undefined => (recordContent ? body : undefined);

  /** What a provider is told of one attempt. */
  const callOf = <Body>({ target, clocks, receipt }: Attempt, body: Json<Body>): Call<Body> => ({
    model: target.model,
    body,
    connection: { ...target.connection, upstream: clocks.upstream },
    receipt,
    toolState,
    signal: clocks.signal,
  });

  /** A call whose answer comes whole. */
  const whole = <Body extends { readonly model: string }, Answer extends Counted>(
    operation: CallRecord["operation"],
    { body, caller, whoMayAnswer, ask }: WholeCall<Body, Answer>,
  ): Promise<Json<Answer>> => {
    const meter = createMeter(record, caller, {
      operation,
      stream: false,
      model: body.outline.model,
      said: said(body),
    });
    return meter.whole(async () => {
      const asked = whoMayAnswer();
      return within(limits.ofAll, caller.signal, entrant(caller), () =>
        attempts(asked.route, { ...caller, stream: false }, async (attempt) => {
          meter.routed(attempt.target);
          const answer = await ask(attempt.target, callOf(attempt, asked.body));
          meter.routed(attempt.target); // others may have been asked meanwhile
          attempt.clocks.stop();
          attempt.ended();
          return answer;
        }),
      );
    });
  };

  /** The stream of whoever answers, and of whoever goes on where it breaks. */
  const streamed = async (
    { route, body }: Asked<ChatCompletionRequest>,
    caller: Caller,
    meter: Meter,
  ): Promise<Chunks> => {
    const mayResume = onStreamBreak === "resume" && isResumable(body.outline);
    const call = { ...caller, stream: true, mayResume };
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
      mayResume,
      rest: (told, error) =>
        attempts(whoGoesOn(route, latest, error), call, (attempt) => restOf(told, attempt, body, start)),
    });
  };

  return {
    chat(body, caller) {
      return whole("chat", {
        body,
        caller,
        whoMayAnswer: () => whoMayAnswer(models, body, caller),
        ask: ({ provider }, call) => provider.chat(call),
      });
    },

    chatStream(body, caller) {
      const { model } = body.outline;
      const meter = createMeter(record, caller, { operation: "chat", stream: true, model, said: said(body) });
      return meter.stream(body.outline.stream_options?.include_usage === true, async () => {
        const asked = whoMayAnswer(models, body, caller);
        return streamWithin(limits.ofAll, caller.signal, entrant(caller), () => streamed(asked, caller, meter));
      });
    },

    embed(body, caller) {
      return whole("embeddings", {
        body,
        caller,
        whoMayAnswer: () => ({ route: models.route(body.outline.model, caller.fallbacks), body }),
        ask: ({ provider }, call) => provider.embed(call),
      });
    },

    rerank(body, caller) {
      return whole("rerank", {
        body,
        caller,
        whoMayAnswer: () => ({ route: models.route(body.outline.model, caller.fallbacks), body }),
        ask: async ({ provider, name }, call) => {
          if (!provider.rerank) throw noReranking(provider.title, name);
          return provider.rerank(call);
        },
      });
    },

    models: (signal) => models.list(signal),
    model: (name, signal) => models.find(name, signal),
    waitsFor: (name) => models.waitsFor(name),
    stored: createStoredModels(models),
    health: () => ({ ...health.report(), limits: limits.report() }),
  };
}

interface WholeCall<Body, Answer> {
  readonly body: Json<Body>;
  readonly caller: Caller;
  /** @throws ApiError for a name that leads nowhere. */
  readonly whoMayAnswer: () => Asked<Body>;
  readonly ask: (target: Target, call: Call<Body>) => Promise<Json<Answer>>;
}

function entrant({ client = "" }: Caller): Entrant {
  return { client };
}
