import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a fake provider has seen of one call. */
export interface SeenCall {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The body, byte for byte. */
  readonly text: string;
  readonly body: SeenBody;
  /** Resolves when the connection is closed, with the moment and whether the answer was whole by then. */
  readonly closed: Promise<{ readonly at: number; readonly wasComplete: boolean }>;
}

interface SeenBody {
  readonly model: string;
  readonly messages?: readonly { readonly content: unknown }[];
  readonly input?: unknown;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly [field: string]: unknown;
}

export interface FakeProvider extends AsyncDisposable {
  /** With `/v1`. */
  readonly url: string;
  readonly calls: readonly SeenCall[];
  /** Resolves with the next call that comes in. */
  nextCall(): Promise<SeenCall>;
  close(): Promise<void>;
}

export type Answer = (call: SeenCall, response: ServerResponse) => unknown;

/** An OpenAI-compatible server on this machine that answers as it is told. */
export async function startFakeProvider(answer: Answer = speak): Promise<FakeProvider> {
  const calls: SeenCall[] = [];
  const waiting: ((call: SeenCall) => void)[] = [];
  const server = createServer(async (request, response) => {
    const closed = new Promise<{ at: number; wasComplete: boolean }>((resolve) =>
      response.once("close", () => resolve({ at: performance.now(), wasComplete: response.writableFinished })),
    );
    const text = Buffer.concat(await Array.fromAsync(request)).toString();
    const body = (text === "" ? {} : JSON.parse(text)) as SeenBody;
    const call = { path: request.url ?? "", headers: request.headers, text, body, closed };
    calls.push(call);
    waiting.shift()?.(call);
    await answer(call, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    nextCall: () => new Promise((resolve) => waiting.push(resolve)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Says the last message's words again, one chunk a word; embeds a text as its length. */
export const speak: Answer = ({ path, body }, response) => {
  if (path.endsWith("/models")) return sendJson(response, modelList("gpt-4o"));
  if (path.endsWith("/embeddings")) return sendJson(response, embeddings(body.model, body.input));
  const text = String(body.messages?.at(-1)?.content);
  if (body.stream !== true) return sendJson(response, completion(body.model, text));
  return sendEvents(response, events(body.model, text, body.stream_options?.include_usage === true));
};

export function modelList(...ids: readonly string[]): object {
  const data = ids.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "fake" }));
  return { object: "list", data };
}

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

/** A stream's events as OpenAI writes them, `[DONE]` included; with the usage, each other chunk bears `usage: null`. */
export function events(model: string, text: string, withUsage = false): string[] {
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model };
  const chunk = (delta: object, finish_reason: string | null): string =>
    event({ ...base, choices: [{ index: 0, delta, finish_reason }], ...(withUsage ? { usage: null } : {}) });
  const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
  return [
    chunk({ role: "assistant", content: "" }, null),
    ...text.split(/(?<= )/).map((content) => chunk({ content }, null)),
    chunk({}, "stop"),
    ...(withUsage ? [event({ ...base, choices: [], usage })] : []),
    "data: [DONE]\n\n",
  ];
}

export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function startEvents(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { "content-type": "text/event-stream" });
}

export function sendEvents(response: ServerResponse, all: readonly string[]): void {
  startEvents(response);
  for (const one of all) response.write(one);
  response.end();
}

export function sendJson(response: ServerResponse, value: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

/** Floats, whatever encoding was asked for, as many compatible servers do. */
export function embeddings(model: string, input: unknown): object {
  const inputs = Array.isArray(input) && typeof input[0] !== "number" ? (input as unknown[]) : [input];
  const data = inputs.map((one, index) => ({ object: "embedding", index, embedding: [String(one).length, 0.5, -1] }));
  return { object: "list", data, model, usage: { prompt_tokens: 4, total_tokens: 4 } };
}
