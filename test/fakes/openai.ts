import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a fake provider has seen of one call. */
export interface SeenCall {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: { readonly model: string; readonly [field: string]: any };
  /** Resolves when the connection is closed, with the moment and whether the answer was whole by then. */
  readonly closed: Promise<{ readonly at: number; readonly wasComplete: boolean }>;
}

export interface FakeProvider {
  readonly url: string;
  readonly calls: readonly SeenCall[];
  /** Resolves with the next call that comes in. */
  nextCall(): Promise<SeenCall>;
  close(): Promise<void>;
}

export type Answer = (call: SeenCall, response: ServerResponse) => void | Promise<void>;

/** An OpenAI-compatible server on this machine that answers as it is told. */
export async function startFakeProvider(answer: Answer = speak): Promise<FakeProvider> {
  const calls: SeenCall[] = [];
  const waiting: ((call: SeenCall) => void)[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await Array.fromAsync(request)).toString();
    const closed = new Promise<{ at: number; wasComplete: boolean }>((resolve) =>
      response.once("close", () => resolve({ at: performance.now(), wasComplete: response.writableFinished })),
    );
    const body = text === "" ? {} : JSON.parse(text);
    const call = { path: request.url ?? "", headers: request.headers, text, body, closed };
    calls.push(call);
    waiting.shift()?.(call);
    await answer(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    nextCall: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers in the words of the last message, one chunk a word. */
export const speak: Answer = ({ path, body }, response) => {
  if (path.endsWith("/models")) return sendJson(response, { object: "list", data: [{ id: "gpt-4o", object: "model", created: 1, owned_by: "x" }] });
  if (path.endsWith("/embeddings")) return embed(body, response);
  const text = String(body["messages"].at(-1).content);
  if (!body["stream"]) return sendJson(response, completion(body.model, text));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events(body.model, text, body["stream_options"]?.include_usage === true)) response.write(event);
  response.end();
};

export function completion(model: string, content: string): object {
  const message = { role: "assistant", content, refusal: null };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
  };
}

export function events(model: string, text: string, withUsage: boolean): string[] {
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model };
  const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
  const chunk = (delta: object, finish_reason: string | null): string =>
    event({ ...base, choices: [{ index: 0, delta, finish_reason }], ...(withUsage ? { usage: null } : {}) });
  return [
    chunk({ role: "assistant", content: "" }, null),
    ...text.split(/(?<= )/).map((content) => chunk({ content }, null)),
    chunk({}, "stop"),
    ...(withUsage ? [event({ ...base, choices: [], usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } })] : []),
    "data: [DONE]\n\n",
  ];
}

function embed(body: SeenCall["body"], response: ServerResponse): void {
  const inputs = [body["input"]].flat();
  const data = inputs.map((input, index) => ({ object: "embedding", index, embedding: [String(input).length, 0.5, -1] }));
  sendJson(response, { object: "list", data, model: body.model, usage: { prompt_tokens: 4, total_tokens: 4 } });
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
