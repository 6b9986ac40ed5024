import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { forEach } from "../upstream/flow.ts";
import { errorText } from "./error-text.ts";
import { createEventWriter } from "./event-writer.ts";

export interface EventsOptions {
  /** Fires when the client is gone: ends the wait for a slow reader. */
  readonly signal: AbortSignal;
  /** Called once, before the head of the answer is written. */
  readonly onHead?: () => void;
  /**
   * A stream that is silent for so long, before its first chunk or within, says that it is alive with a comment, which
   * clients pass over: else they, or a proxy between, would hang up. 0: never.
   */
  readonly keepAliveMs: number;
  /** What is waited for, for people: `downloading owner/repo: 45 %`. */
  readonly waitsFor?: () => string | undefined;
}

/**
 * Writes a stream as server-sent events, as OpenAI does: each chunk an event, then `[DONE]`. A stream that breaks ends
 * with an event that bears the error, and without `[DONE]`, so that nobody takes half an answer for a whole one.
 *
 * @param chunks in batches, each of which is written at once. A promise, so that what fails before the answer has begun can still have its own status.
 * @throws what `chunks` rejects with, as long as nothing was written.
 */
export async function sendEvents(
  response: ServerResponse,
  chunks: Promise<AsyncIterable<readonly Json<unknown>[]>>,
  { signal, onHead, keepAliveMs, waitsFor }: EventsOptions,
): Promise<void> {
  const writer = createEventWriter(response, onHead);
  const heartbeat = createHeartbeat(keepAliveMs, () => {
    writer.begin();
    // Who does not read what was written needs no sign of life.
    if (!response.writableNeedDrain) writer.write(`: ${waitsFor?.() ?? "waiting"}\n\n`);
  });
  try {
    const all = await chunks;
    writer.begin();
    await forEach(all, (batch) => {
      writer.write(eventsOf(batch));
      heartbeat.postpone();
      return response.writableNeedDrain ? drained(response, signal) : undefined;
    });
    writer.end("data: [DONE]\n\n");
  } catch (thrown) {
    if (!response.headersSent) throw thrown;
    if (response.destroyed) return;
    writer.end(`data: ${errorText(ApiError.from(thrown), response.req).text}\n\n`);
  } finally {
    heartbeat.stop();
  }
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await once(response, "drain", { signal });
}

/** What one read of the provider has brought goes out in one write. */
function eventsOf(batch: readonly Json<unknown>[]): string {
  let events = "";
  for (const { text } of batch) events += `data: ${text}\n\n`;
  return events;
}

interface Heartbeat {
  /** Something was written: the next beat has time. */
  postpone(): void;
  stop(): void;
}

/** Beats after one to two intervals of silence, and from then on with every interval. One timer a stream, never set anew. */
function createHeartbeat(everyMs: number, beat: () => void): Heartbeat {
  let isSilent = true;
  const tick = (): void => {
    if (isSilent) beat();
    isSilent = true;
  };
  const timer = everyMs > 0 ? setInterval(tick, everyMs) : undefined;
  return {
    postpone: () => void (isSilent = false),
    stop: () => clearInterval(timer),
  };
}
