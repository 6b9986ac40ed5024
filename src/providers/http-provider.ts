import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import { type ApiError, invalidRequest, upstreamUnreadable } from "../api/error.ts";
import { Json } from "../api/json.ts";
import type { Model } from "../api/models.ts";
import type { Receipt } from "../api/receipt.ts";
import { fetchImages, type InlineImage } from "../upstream/images.ts";
import { readErrorText, readText } from "../upstream/read.ts";
import type { UpstreamResponse } from "../upstream/upstream.ts";
import { embeddings } from "./openai-compatible/embeddings.ts";
import type { Call, Connection, Provider, ProviderFacts } from "./provider.ts";
import { refusal, type Said } from "./refusal.ts";
import { severalAnswers, severalStreams } from "./several.ts";

/**
 * A vendor's wire that is not OpenAI's, as pure functions: values in, values out; the network is not their concern.
 * `Plan` is what the reading of the answer must know of how the request was translated.
 */
export interface Wire<Plan> extends ProviderFacts {
  /** Headers that bear the key, and those that every call needs. */
  headers(key: string | undefined): Readonly<Record<string, string>>;

  /** OpenAI's request in the vendor's words. What it had to change goes to `context.receipt`. */
  chatRequest(body: ChatCompletionRequest, context: RequestContext): VendorRequest<Plan>;
  /** @throws ApiError for an error that came with status 200. */
  completion(reply: unknown, context: AnswerContext<Plan>): ChatCompletion;
  /**
   * The vendor's stream, byte by byte, as OpenAI's chunks; the usage comes in a last chunk without choices.
   * @throws ApiError for an error in the stream, and when it ends before the answer is whole.
   */
  chunks(body: AsyncIterable<Buffer>, context: AnswerContext<Plan>): AsyncIterable<ChatCompletionChunk>;

  /** What the vendor said of a call that it refused. A `status` in it counts instead of HTTP's. */
  said(body: string): Said & { readonly status?: number; readonly retryAfterSeconds?: number };

  embed?(call: EmbedCall): Promise<EmbeddingResponse>;
  models?(get: (path: string) => Promise<unknown>): Promise<readonly Model[]>;

  /** The images that the vendor does not fetch itself: we do, and hand them over in `context.images`. */
  imageUrls?(body: ChatCompletionRequest): readonly string[];
  /** Whether the vendor gives one answer a call: then `n` is had by as many calls at once. */
  readonly hasOneAnswer?: boolean;
}

export interface VendorRequest<Plan> {
  /** After the base URL. */
  readonly path: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly plan: Plan;
}

export interface RequestContext {
  /** The model's name as the vendor knows it. */
  readonly model: string;
  readonly stream: boolean;
  readonly receipt: Receipt;
  /** What was kept of the tool calls in the messages, by their id. */
  readonly toolState: ReadonlyMap<string, unknown>;
  /** By URL. */
  readonly images: ReadonlyMap<string, InlineImage>;
  /** The provider's further settings, as `ProviderEnv.options` names them. */
  readonly options: Readonly<Record<string, string>>;
}

export interface AnswerContext<Plan> {
  readonly model: string;
  readonly plan: Plan;
  /** Whether `usage: null` stands on every chunk but the last, as OpenAI has it when the usage was asked for. */
  readonly withUsage: boolean;
  /** Keeps what the vendor wants back with a tool's result. */
  keep(toolCallId: string, state: unknown): void;
  /** The error that a body is: for errors which come with status 200. */
  failure(status: number, body: string): ApiError;
}

export interface EmbedCall {
  readonly model: string;
  readonly body: EmbeddingRequest;
  readonly receipt: Receipt;
  readonly options: Readonly<Record<string, string>>;
  /** Sends one request, and gives its answer's JSON. */
  post(path: string, body: object): Promise<unknown>;
}

/** Joins a wire to the network: the one place where vendors' HTTP is spoken. */
export function httpProvider<Plan>(wire: Wire<Plan>): Provider {
  const { models, ...facts } = wire;

  const chat = async (call: Call<ChatCompletionRequest>): Promise<ChatCompletion> => {
    const request = await translate(wire, call, false);
    const response = await send(wire, call.connection, request, call.signal);
    return wire.completion(await readJson(wire, response), answerContext(wire, call, request.plan));
  };

  const chatStream = async (call: Call<ChatCompletionRequest>): Promise<AsyncIterable<ChatCompletionChunk>> => {
    const request = await translate(wire, call, true);
    const response = await send(wire, call.connection, request, call.signal);
    return wire.chunks(response.body, answerContext(wire, call, request.plan));
  };

  return {
    ...facts,

    async chat(call) {
      const answers = wire.hasOneAnswer ? severalAnswers(call, chat) : chat(call);
      return Json.fromValue(await answers);
    },

    async chatStream(call) {
      const stream = await (wire.hasOneAnswer ? severalStreams(call, chatStream) : chatStream(call));
      return asJson(stream);
    },

    async embed({ model, body, connection, receipt, signal }: Call<EmbeddingRequest>) {
      if (!wire.embed) throw noEmbeddings(wire.title, model);
      const post = async (path: string, value: object): Promise<unknown> =>
        readJson(wire, await send(wire, connection, { path, body: value }, signal));
      const answer = await wire.embed({ model, body: body.value, receipt, options: connection.options, post });
      return Json.fromValue(embeddings(answer, body.value.encoding_format ?? "float").value);
    },

    ...(models && {
      models: (connection: Connection, signal: AbortSignal) =>
        models(async (path) => readJson(wire, await send(wire, connection, { path }, signal))),
    }),
  };
}

async function translate<Plan>(
  wire: Wire<Plan>,
  { model, body, connection, receipt, toolState, signal }: Call<ChatCompletionRequest>,
  stream: boolean,
): Promise<VendorRequest<Plan>> {
  const ids = body.value.messages.flatMap((message) => (message.tool_calls ?? []).map((call) => call.id));
  const urls = wire.imageUrls?.(body.value) ?? [];
  return wire.chatRequest(body.value, {
    model,
    stream,
    receipt,
    options: connection.options,
    toolState: ids.length === 0 ? new Map() : await toolState.load(ids),
    images: urls.length === 0 ? new Map() : await fetchImages(urls, signal),
  });
}

function answerContext<Plan>(
  wire: Wire<Plan>,
  { model, body, connection, toolState }: Call<ChatCompletionRequest>,
  plan: Plan,
): AnswerContext<Plan> {
  return {
    model,
    plan,
    withUsage: body.value.stream_options?.include_usage === true,
    keep: (id, state) => toolState.save(id, state),
    failure: (status, text) => failure(wire, connection, status, text),
  };
}

interface Outgoing {
  readonly path: string;
  /** Without one it is a GET. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a request that the vendor took; its refusal is thrown. */
async function send<Plan>(
  wire: Wire<Plan>,
  connection: Connection,
  { path, body, headers = {} }: Outgoing,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  const response = await connection.upstream.send(
    {
      method: body === undefined ? "GET" : "POST",
      url: connection.baseUrl + path,
      headers: {
        "content-type": "application/json",
        ...wire.headers(connection.key),
        ...headers,
        ...connection.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    signal,
  );
  if (response.status === 200) return response;
  throw failure(wire, connection, response.status, await readErrorText(response), response.headers);
}

function failure<Plan>(
  wire: Wire<Plan>,
  { key }: Connection,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): ApiError {
  const { status: stated, retryAfterSeconds, ...said } = wire.said(body);
  const wait = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return refusal(wire.title, key, stated ?? status, said, { ...headers, ...wait });
}

async function readJson<Plan>(wire: Wire<Plan>, response: UpstreamResponse): Promise<unknown> {
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw upstreamUnreadable(wire.title, cause);
  }
}

async function* asJson<T>(values: AsyncIterable<T>): AsyncGenerator<Json<T>> {
  for await (const value of values) yield Json.fromValue(value);
}

function noEmbeddings(title: string, model: string): ApiError {
  return invalidRequest(`${title} has no embeddings, so '${model}' cannot make any.`, "model", "model_not_found");
}
