import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ApiError } from "../api/error.ts";
import { Json } from "../api/json.ts";
import { type EventsOptions, sendEvents } from "./sse.ts";

const NEVER = new AbortController().signal;

/** What a client reads of an answer that is written so; the text as far as it has come is told on the way. */
async function answer(
  write: (response: ServerResponse) => Promise<void>,
  onText: (text: string) => void = () => undefined,
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  const server = createServer((_, response) => {
    write(response).catch((error: unknown) => response.writeHead(ApiError.from(error).status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const decoder = new TextDecoder();
    let text = "";
    for await (const part of response.body ?? []) {
      text += decoder.decode(part, { stream: true });
      onText(text);
    }
    return { status: response.status, headers: response.headers, text };
  } finally {
    server.close();
  }
}

const options = (more: Partial<EventsOptions> = {}): EventsOptions => ({ signal: NEVER, keepAliveMs: 5, ...more });

async function* values(...all: readonly unknown[]): AsyncGenerator<readonly Json<unknown>[]> {
  for (const value of all) yield [Json.fromValue(value)];
}

test("a stream that has not begun is kept alive with comments that say what it waits for", async () => {
  const { promise, resolve } = Promise.withResolvers<AsyncIterable<readonly Json<unknown>[]>>();
  let percent = 0;
  const waitsFor = () => `downloading owner/repo: ${(percent += 10)} %`;
  const { headers, text } = await answer(
    (response) => sendEvents(response, promise, options({ waitsFor })),
    (text) => text.includes("30 %") && resolve(values(1)),
  );
  assert.match(text, /^: downloading owner\/repo: 10 %\n\n: downloading owner\/repo: 20 %\n\n: /);
  assert.match(text, /\n\ndata: 1\n\ndata: \[DONE\]\n\n$/);
  assert.equal(headers.get("content-type"), "text/event-stream; charset=utf-8");
});

test("a stream that stalls in its middle is kept alive, too", async () => {
  const { promise: stalled, resolve } = Promise.withResolvers<void>();
  const { text } = await answer(
    (response) =>
      sendEvents(
        response,
        Promise.resolve(
          (async function* () {
            yield [Json.fromValue(1)];
            await stalled;
            yield [Json.fromValue(2)];
          })(),
        ),
        options(),
      ),
    (text) => text.includes(": waiting") && resolve(),
  );
  assert.match(text, /^data: 1\n\n(: waiting\n\n)+data: 2\n\ndata: \[DONE\]\n\n$/);
});

test("what fails before the first comment has its own status; later, it is an event", async () => {
  const error = new ApiError(501, "not_supported_error", "not here");
  const early = await answer((response) => sendEvents(response, Promise.reject(error), options({ keepAliveMs: 0 })));
  assert.equal(early.status, 501);

  const { promise, reject } = Promise.withResolvers<AsyncIterable<readonly Json<unknown>[]>>();
  const late = await answer(
    (response) => sendEvents(response, promise, options()),
    (text) => text.includes(": waiting") && reject(error),
  );
  assert.equal(late.status, 200);
  assert.match(late.text, /^(: waiting\n\n)+data: \{"error":\{"message":"not here".*\}\n\n$/);
});

test("0 writes no comments, and the head is told of once, before it is written", async () => {
  let heads = 0;
  const { headers, text } = await answer((response) => {
    const onHead = (): void => void response.setHeader("x-heads", ++heads);
    return sendEvents(response, Promise.resolve(values("a", "b")), options({ keepAliveMs: 0, onHead }));
  });
  assert.equal(text, 'data: "a"\n\ndata: "b"\n\ndata: [DONE]\n\n');
  assert.equal(headers.get("x-heads"), "1");
});
