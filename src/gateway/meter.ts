import type { ChatCompletionChunk } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";
import type { Receipt } from "../api/receipt.ts";
import type { Trail } from "../api/trail.ts";
import type { ChatStream } from "../providers/provider.ts";
import type { AttemptRecord, CallRecord, Recorder, RequestHeaders } from "../telemetry/record.ts";
import { Flow, forEach } from "../upstream/flow.ts";
import { costMicroUsd, type PaidUsage } from "./cost.ts";
import type { Chunks } from "./first-content.ts";
import type { Target } from "./model.ts";
import type { Price } from "./prices/price.ts";
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
  readonly usage?: PaidUsage | null;
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
  const startedAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  const left: Writable<CallRecord> = {
    requestId: caller.requestId,
    startedAtMs: Date.now(),
    ...call,
    outcome: "aborted", // what it is if the reader leaves
    durationMs: 0,
  };
  const transcript = said && createTranscript(said);
  let price: Price | undefined;
  let paid: PaidUsage | undefined;

  const leave = (outcome: CallRecord["outcome"]): void => {
    const translation = caller.receipt.text();
    left.outcome = outcome;
    left.durationMs = elapsedMs();
    if (price && paid) left.costMicroUsd = costMicroUsd(price, paid);
    if (translation !== "") left.translation = translation;
    noteAttempts(left, caller.trail, startedAt);
    record(left, { headers: caller.headers ?? {}, ...(transcript && { content: transcript.content() }) });
  };

  const leaveFailure = (thrown: unknown): void => {
    if (caller.signal.aborted) return leave("aborted");
    const { status, code, message } = ApiError.from(thrown);
    left.errorStatus = status;
    left.errorMessage = message;
    if (code !== null) left.errorCode = code;
    leave("failed");
  };

  const count = ({ usage, choices }: Counted): void => {
    const finishReason = choices?.[0]?.finish_reason;
    if (finishReason) left.finishReason = finishReason;
    if (!usage) return;
    paid = usage;
    Object.assign(left, tokensOf(usage));
    const cachedTokens = usage.prompt_tokens_details?.cached_tokens;
    if (cachedTokens !== undefined) left.cachedTokens = cachedTokens;
  };

  const isShown = (chunk: Json<ChatCompletionChunk>): boolean =>
    chunk instanceof TextChunk || chunk.value.choices.length > 0;

  const see = (chunk: Json<ChatCompletionChunk>): void => {
    if (!(chunk instanceof TextChunk)) count(chunk.value);
    transcript?.streamed(chunk.value);
  };

  const watch = (stream: ChatStream, withUsage: boolean): Chunks =>
    new Flow(async (each) => {
      try {
        const left = await forEach(stream, (batch) => {
          batch.forEach(see);
          const shown = withUsage || batch.every(isShown) ? batch : batch.filter(isShown);
          return shown.length > 0 ? each(shown) : undefined;
        });
        leave(left === "over" ? "aborted" : "complete");
        return left;
      } catch (thrown) {
        leaveFailure(thrown);
        throw thrown;
      }
    });

  return {
    routed(target) {
      left.provider = target.provider.name;
      left.providerModel = target.model;
      price = target.price;
    },

    async whole(answer) {
      try {
        const json = await answer();
        count(json.outline);
        transcript?.answered(json);
        caller.trail.amend(tokensOf(json.outline.usage));
        leave("complete");
        return json;
      } catch (thrown) {
        leaveFailure(thrown);
        throw thrown;
      }
    },

    async stream(withUsage, chunks) {
      try {
        const accepted = await chunks();
        left.firstChunkMs = elapsedMs();
        return watch(accepted, withUsage);
      } catch (thrown) {
        leaveFailure(thrown);
        throw thrown;
      }
    },
  };
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** What was tried, by the call's own clock. */
function noteAttempts(left: Writable<CallRecord>, { attempts }: Trail, startedAt: number): void {
  if (attempts.length === 0) return;
  const gatewayMs = attempts.reduce((sum, attempt) => sum + attempt.gatewayMs, 0);
  left.attempts = attempts.map((attempt) => attemptRecord(attempt, startedAt));
  left.gatewayMs = Math.round(gatewayMs * 1000) / 1000;
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
