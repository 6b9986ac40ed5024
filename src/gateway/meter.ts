import type { ChatCompletionChunk } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";
import type { Receipt } from "../api/receipt.ts";
import type { Trail } from "../api/trail.ts";
import type { ChatStream } from "../providers/provider.ts";
import type { AttemptRecord, CallRecord, Recorder, RequestHeaders } from "../telemetry/record.ts";
import { costMicroUsd } from "./cost.ts";
import type { Chunks } from "./first-content.ts";
import type { Price, Target } from "./model.ts";
import { createTranscript } from "./transcript.ts";

/** Who calls. */
export interface Caller {
  readonly requestId: string;
  /** Takes what the call's translation had to change. */
  readonly receipt: Receipt;
  /** Takes what was tried. */
  readonly trail: Trail;
  /** Who waits in a queue is told apart by it: the client's key, else its address. */
  readonly client?: string;
  /** The request's. */
  readonly headers?: RequestHeaders;
  /** Models that the client allows to answer instead. */
  readonly fallbacks: readonly string[];
  /** Fires when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}

export interface Counted {
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    /** All there is, where nothing is written but read alone. */
    readonly total_tokens?: number;
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
  stream(withUsage: boolean, chunks: () => Promise<ChatStream>): Promise<ChatStream>;
}

/** The call that is watched. */
export interface MeteredCall extends Pick<CallRecord, "operation" | "stream" | "model"> {
  /** Where what is said is recorded: the request. */
  readonly said: Json<unknown> | undefined;
}

export function createMeter(record: Recorder, caller: Caller, { said, ...call }: MeteredCall): Meter {
  const startedAtMs = Date.now();
  const transcript = said && createTranscript(said);
  const startedAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  let facts: Partial<CallRecord> = {};
  let price: Price | undefined;

  const leave = (outcome: Partial<CallRecord> & Pick<CallRecord, "outcome">): void => {
    const left: CallRecord = {
      requestId: caller.requestId,
      startedAtMs,
      ...call,
      ...facts,
      ...outcome,
      ...(price && facts.promptTokens !== undefined && { costMicroUsd: costMicroUsd(price, facts) }),
      ...attemptsOf(caller.trail, startedAt),
      ...(caller.receipt.text() === "" ? {} : { translation: caller.receipt.text() }),
      durationMs: elapsedMs(),
    };
    record(left, { headers: caller.headers ?? {}, ...(transcript && { content: transcript.content() }) });
  };

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
    facts = { ...facts, ...tokensOf(usage) };
    const cachedTokens = usage.prompt_tokens_details?.cached_tokens;
    if (cachedTokens !== undefined) facts = { ...facts, cachedTokens };
  };

  async function* watch(stream: ChatStream, withUsage: boolean): Chunks {
    const isShown = (chunk: Json<ChatCompletionChunk>): boolean =>
      withUsage || chunk instanceof TextChunk || chunk.value.choices.length > 0;
    let outcome: CallRecord["outcome"] = "aborted"; // what it is if the reader leaves
    try {
      for await (const batch of stream) {
        for (const chunk of batch) {
          if (!(chunk instanceof TextChunk)) count(chunk.value);
          transcript?.streamed(chunk.value);
        }
        const shown = batch.every(isShown) ? batch : batch.filter(isShown);
        if (shown.length > 0) yield shown;
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
    routed(target) {
      facts = { ...facts, provider: target.provider.name, providerModel: target.model };
      price = target.price;
    },

    async whole(answer) {
      try {
        const json = await answer();
        count(json.outline);
        transcript?.answered(json);
        caller.trail.amend(tokensOf(json.outline.usage));
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

/** What was tried, by the call's own clock. */
function attemptsOf({ attempts }: Trail, startedAt: number): Pick<CallRecord, "attempts" | "gatewayMs"> {
  if (attempts.length === 0) return {};
  const gatewayMs = attempts.reduce((sum, attempt) => sum + attempt.gatewayMs, 0);
  return {
    attempts: attempts.map((attempt) => attemptRecord(attempt, startedAt)),
    gatewayMs: Math.round(gatewayMs * 1000) / 1000,
  };
}

function attemptRecord(attempt: Trail["attempts"][number], startedAt: number): AttemptRecord {
  const { startedAt: attemptedAt, gatewayMs: _, ...rest } = attempt;
  return { ...rest, startMs: Math.round(attemptedAt - startedAt) };
}

/** What a usage says of the tokens; nothing where there is none. */
export function tokensOf(usage: Counted["usage"]): Pick<CallRecord, "promptTokens" | "completionTokens"> {
  const { prompt_tokens, completion_tokens, total_tokens } = usage ?? {};
  const promptTokens = prompt_tokens ?? total_tokens;
  return {
    ...(promptTokens !== undefined && { promptTokens }),
    ...(completion_tokens !== undefined && { completionTokens: completion_tokens }),
  };
}
