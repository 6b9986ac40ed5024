import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";

/**
 * Writes a stream as server-sent events, as OpenAI does: each chunk an event, then `[DONE]`. A stream that breaks ends
 * with an event that bears the error, and without `[DONE]`, so that nobody takes half an answer for a whole one.
 *
 * @param signal fires when the client is gone: ends the wait for a slow reader.
 */
export async function sendEvents(
  response: ServerResponse,
  chunks: AsyncIterable<Json<unknown>>,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no", // nginx would hold the events back
  });
  const writer = createWriter(response);
  try {
    for await (const chunk of chunks) {
      writer.write(`data: ${chunk.text}\n\n`);
      if (response.writableNeedDrain) await once(response, "drain", { signal });
    }
    writer.write("data: [DONE]\n\n");
  } catch (thrown) {
    if (response.destroyed) return;
    writer.write(`data: ${JSON.stringify(ApiError.from(thrown))}\n\n`);
  }
  writer.end();
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
