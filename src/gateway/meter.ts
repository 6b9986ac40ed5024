import type { ChatCompletionChunk } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import type { Receipt } from "../api/receipt.ts";
import type { Trail } from "../api/trail.ts";
import type { CallRecord, Recorder } from "../telemetry/record.ts";
import type { Target } from "./model.ts";

/** Who calls. */
export interface Caller {
  readonly requestId: string;
  /** Takes what the call's translation had to change. */
  readonly receipt: Receipt;
  /** Takes what was tried. */
  readonly trail: Trail;
  /** Models that the client allows to answer instead. */
  readonly fallbacks: readonly string[];
  /** Fires when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}

interface Counted {
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
  readonly choices?: readonly { readonly finish_reason?: string | null }[];
}

/** Watches one call from its beginning to its end, and leaves one record of it, however it ends. */
export interface Meter {
  routed(target: Target): void;
  /** Runs the call of an answer that comes whole. */
  whole<T extends Counted>(answer: () => Promise<Json<T>>): Promise<Json<T>>;
  /**
   * Runs the call of a stream, and passes its chunks on.
   * @param withUsage whether the client asked for the usage, and so sees the chunk that bears it.
   */
  stream(
    withUsage: boolean,
    chunks: () => Promise<AsyncIterable<Json<ChatCompletionChunk>>>,
  ): Promise<AsyncIterable<Json<ChatCompletionChunk>>>;
}

export function createMeter(
  record: Recorder,
  caller: Caller,
  call: Pick<CallRecord, "operation" | "stream" | "model">,
): Meter {
  const startedAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  let facts: Partial<CallRecord> = {};

  const leave = (outcome: Partial<CallRecord> & Pick<CallRecord, "outcome">): void =>
    record({
      requestId: caller.requestId,
      ...call,
      ...facts,
      ...outcome,
      ...(caller.trail.attempts.length > 0 && { attempts: [...caller.trail.attempts] }),
      ...(caller.receipt.text() === "" ? {} : { translation: caller.receipt.text() }),
      durationMs: elapsedMs(),
    });

  const leaveFailure = (thrown: unknown): void => {
    if (caller.signal.aborted) return leave({ outcome: "aborted" });
    const { status, code, message } = ApiError.from(thrown);
    leave({
      outcome: "failed",
      errorStatus: status,
      errorMessage: message,
      ...(code === null ? {} : { errorCode: code }),
    });
  };

  const count = ({ usage, choices }: Counted): void => {
    const finishReason = choices?.[0]?.finish_reason;
    if (finishReason) facts = { ...facts, finishReason };
    if (!usage) return;
    facts = { ...facts, promptTokens: usage.prompt_tokens };
    if (usage.completion_tokens !== undefined) facts = { ...facts, completionTokens: usage.completion_tokens };
    caller.trail.amend({
      promptTokens: usage.prompt_tokens,
      ...(usage.completion_tokens !== undefined && { completionTokens: usage.completion_tokens }),
    });
    const cachedTokens = usage.prompt_tokens_details?.cached_tokens;
    if (cachedTokens !== undefined) facts = { ...facts, cachedTokens };
  };

  async function* watch(
    chunks: AsyncIterable<Json<ChatCompletionChunk>>,
    withUsage: boolean,
  ): AsyncGenerator<Json<ChatCompletionChunk>> {
    let outcome: CallRecord["outcome"] = "aborted"; // what it is if the reader leaves
    try {
      for await (const chunk of chunks) {
        count(chunk.value);
        if (withUsage || chunk.value.choices.length > 0) yield chunk;
      }
      outcome = "complete";
    } catch (thrown) {
      outcome = "failed";
      leaveFailure(thrown);
      throw thrown;
    } finally {
      if (outcome !== "failed") leave({ outcome });
    }
  }

  return {
    routed({ provider, model }) {
      facts = { ...facts, provider: provider.name, providerModel: model };
    },

    async whole(answer) {
      try {
        const json = await answer();
        count(json.value);
        leave({ outcome: "complete" });
        return json;
      } catch (thrown) {
        leaveFailure(thrown);
        throw thrown;
      }
    },

    async stream(withUsage, chunks) {
      try {
        const accepted = await chunks();
        facts = { ...facts, firstChunkMs: elapsedMs() };
        return watch(accepted, withUsage);
      } catch (thrown) {
        leaveFailure(thrown);
        throw thrown;
      }
    },
  };
}
