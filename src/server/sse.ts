import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { errorText } from "./error-text.ts";

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
  const writer = createWriter(response);
  const begin = (): void => {
    if (response.headersSent || response.destroyed) return;
    onHead?.();
    response.writeHead(200, EVENTS_HEAD);
  };
  const heartbeat = createHeartbeat(keepAliveMs, () => {
    begin();
    // Who does not read what was written needs no sign of life.
    if (!response.writableNeedDrain) writer.write(`: ${waitsFor?.() ?? "waiting"}\n\n`);
  });
  try {
    const all = await chunks;
    begin();
    for await (const batch of all) {
      for (const { text } of batch) writer.write(`data: ${text}\n\n`);
      heartbeat.postpone();
      if (response.writableNeedDrain) await once(response, "drain", { signal });
    }
    writer.write("data: [DONE]\n\n");
  } catch (thrown) {
    if (!response.headersSent) throw thrown;
    if (response.destroyed) return;
    writer.write(`data: ${errorText(ApiError.from(thrown), response.req).text}\n\n`);
  } finally {
    heartbeat.stop();
  }
  writer.end();
}

export const EVENTS_HEAD: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "x-accel-buffering": "no", // nginx would hold the events back
};

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

/** Joins what is written in one turn of the event loop, the events of one read of the provider, into one write. */
function createWriter(response: ServerResponse): { write(text: string): void; end(): void } {
  let pending = "";
  const flush = (): void => {
    if (pending === "" || response.destroyed) return;
    const text = pending;
    pending = "";
    response.write(text);
  };
  return {
    write(text) {
      if (pending === "") process.nextTick(flush);
      pending += text;
    },
    end() {
      flush();
      response.end();
    },
  };
}
