import type { ChatCompletion, ChatCompletionRequest } from "../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import { ApiError, noEmbeddings, upstreamUnreadable } from "../api/error.ts";
import { Json } from "../api/json.ts";
import type { Model } from "../api/models.ts";
import type { Receipt } from "../api/receipt.ts";
import type { Wording } from "../messages/say.ts";
import { fetchImages, type InlineImage } from "../upstream/images.ts";
import { readErrorText, readText } from "../upstream/read.ts";
import type { UpstreamResponse } from "../upstream/upstream.ts";
import { embeddings } from "./openai-compatible/embeddings.ts";
import { noteSkipped } from "./event-reader.ts";
import { createDescriptions } from "./descriptions.ts";
import type { Call, ChatStream, Connection, Provider, ProviderFacts } from "./provider.ts";
import { reading } from "./reading.ts";
import { refusal, type Said } from "./refusal.ts";
import { secretsOf } from "./secrets.ts";
import { severalAnswers, severalStreams } from "./several.ts";

/**
 * A vendor's wire that is not OpenAI's, as pure functions: values in, values out; the network is not their concern.
 * `Plan` is what the reading of the answer must know of how the request was translated; `Described` is what the
 * translation must know of the model.
 */
export interface Wire<Plan, Described extends object = object> extends ProviderFacts {
  /** Headers that bear the key, and those that every call needs. */
  headers(key: string | undefined): Readonly<Record<string, string>>;

  /** Where a path lies, if not just behind the base URL. */
  url?(baseUrl: string, path: string): string;
  /** Asks the vendor what it knows of a model. Asked before a call, and remembered for some minutes. */
  describe?(post: Post, model: string): Promise<Described>;
  /** OpenAI's request in the vendor's words. What it had to change goes to `context.receipt`. */
  chatRequest(body: ChatCompletionRequest, context: RequestContext<Described>): VendorRequest<Plan>;
  /** @throws ApiError for an error that came with status 200. */
  completion(reply: unknown, context: AnswerContext<Plan>): ChatCompletion;
  /**
   * The vendor's stream, byte by byte, as OpenAI's chunks; the usage comes in a last chunk without choices.
   * @throws ApiError for an error in the stream, and when it ends before the answer is whole.
   */
  chunks(body: AsyncIterable<Buffer>, context: AnswerContext<Plan>): ChatStream;
  /** Puts the stream of a request that says `isCollected` together, into the reply that `completion` reads. */
  collect?(body: AsyncIterable<Buffer>, context: AnswerContext<Plan>): Promise<unknown>;

  /** What the vendor said of a call that it refused. A `status` in it counts instead of HTTP's. */
  said(
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Said & { readonly status?: number; readonly retryAfterSeconds?: number };

  embed?(call: EmbedCall<Described>): Promise<EmbeddingResponse>;
  models?(get: (path: string) => Promise<unknown>): Promise<readonly Model[]>;

  /** The images that the vendor does not fetch itself: we do, and hand them over in `context.images`. */
  imageUrls?(body: ChatCompletionRequest): readonly string[];
  /** Whether the vendor gives one answer a call: then `n` is had by as many calls at once. */
  readonly hasOneAnswer?: boolean;
  /** How long the vendor may be silent; the upstream's own limit unless told otherwise. */
  silenceMs?(options: Readonly<Record<string, string>>): number;
  /** What the user can do about a failure, by the error's code: it follows the error's message. */
  readonly advice?: Readonly<Record<string, Wording>>;
}

/** Sends one request, and gives its answer's JSON. */
export type Post = (path: string, body: object) => Promise<unknown>;

export interface VendorRequest<Plan> {
  /** After the base URL. */
  readonly path: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly plan: Plan;
  /** Whether the answer comes as a stream although the client wants it whole: a long one outlives a quiet connection. */
  readonly isCollected?: boolean;
}

export interface RequestContext<Described extends object = object> {
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
  /** What the wire's `describe` has found; left out where it has none. */
  readonly described?: Described;
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
  /** An event of the stream could not be read and was passed over. */
  onSkipped(): void;
}

export interface EmbedCall<Described extends object = object> {
  readonly model: string;
  readonly body: EmbeddingRequest;
  readonly receipt: Receipt;
  readonly options: Readonly<Record<string, string>>;
  /** As in `RequestContext`. */
  readonly described?: Described;
  readonly post: Post;
  /** As in `AnswerContext`. */
  failure(status: number, body: string): ApiError;
}

/** Joins a wire to the network: the one place where vendors' HTTP is spoken. */
export function httpProvider<Plan, Described extends object = object>(wire: Wire<Plan, Described>): Provider {
  const { models, ...facts } = wire;
  const remembered = createDescriptions<Described>();

  const describe = async (call: Call<unknown>): Promise<{ described?: Described }> => {
    const { connection, model } = call;
    if (!wire.describe) return {};
    const ask = wire.describe.bind(undefined, postTo(wire, call), model);
    return { described: await remembered(`${connection.baseUrl} ${model}`, ask) };
  };

  const chat = async (call: Call<ChatCompletionRequest>): Promise<ChatCompletion> => {
    const request = await translate(wire, call, false, await describe(call));
    const response = await send(wire, call.connection, request, call.signal);
    const context = answerContext(wire, call, request.plan);
    const isStream = request.isCollected && response.headers["content-type"]?.includes("event-stream");
    const collected = isStream ? wire.collect?.(response.body, context) : undefined;
    return reading(wire.title, async () => wire.completion(await (collected ?? readJson(wire, response)), context));
  };

  const chatStream = async (call: Call<ChatCompletionRequest>): Promise<ChatStream> => {
    const request = await translate(wire, call, true, await describe(call));
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
      return wire.hasOneAnswer ? severalStreams(call, chatStream) : chatStream(call);
    },

    async embed(call: Call<EmbeddingRequest>) {
      const { model, body, connection, receipt } = call;
      const { embed } = wire;
      if (!embed) throw noEmbeddings(wire.title, model);
      const described = await describe(call);
      const { options } = connection;
      const post = postTo(wire, call);
      const answer = await reading(wire.title, () =>
        embed({
          model,
          body: body.value,
          receipt,
          options,
          post,
          ...described,
          failure: (status, text) => failure(wire, connection, status, text),
        }),
      );
      return Json.fromValue(embeddings(answer, body.value.encoding_format ?? "float").value);
    },

    ...(models && {
      models: (connection: Connection, signal: AbortSignal) =>
        reading(wire.title, () =>
          models(async (path) => readJson(wire, await send(wire, connection, { path }, signal))),
        ),
    }),
  };
}

function postTo<Plan>(wire: Wire<Plan>, { connection, signal }: Call<unknown>): Post {
  return async (path, body) => readJson(wire, await send(wire, connection, { path, body }, signal));
}

async function translate<Plan>(
  wire: Wire<Plan>,
  { model, body, connection, receipt, toolState, signal }: Call<ChatCompletionRequest>,
  stream: boolean,
  described: { readonly described?: object },
): Promise<VendorRequest<Plan>> {
  const ids = body.value.messages.flatMap((message) => (message.tool_calls ?? []).map((call) => call.id));
  const urls = wire.imageUrls?.(body.value) ?? [];
  return wire.chatRequest(body.value, {
    ...described,
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
  { model, body, connection, receipt, toolState }: Call<ChatCompletionRequest>,
  plan: Plan,
): AnswerContext<Plan> {
  return {
    model,
    plan,
    withUsage: body.value.stream_options?.include_usage === true,
    keep: (id, state) => toolState.save(id, state),
    failure: (status, text) => failure(wire, connection, status, text),
    onSkipped: () => noteSkipped(receipt),
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
  const request = {
    method: body === undefined ? "GET" : "POST",
    url: wire.url?.(connection.baseUrl, path) ?? connection.baseUrl + path,
    headers: {
      "content-type": "application/json",
      ...wire.headers(connection.key),
      ...headers,
      ...connection.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(wire.silenceMs && { silenceMs: wire.silenceMs(connection.options) }),
  } as const;
  const response = await connection.upstream.send(request, signal).catch((thrown: unknown) => {
    throw advised(thrown, wire.advice);
  });
  if (response.status === 200) return response;
  throw failure(wire, connection, response.status, await readErrorText(response), response.headers);
}

/** The same error with what can be done about it. */
function advised(thrown: unknown, advice: Readonly<Record<string, Wording>> = {}): unknown {
  const hint = thrown instanceof ApiError ? advice[thrown.code ?? ""] : undefined;
  if (!(thrown instanceof ApiError) || hint === undefined) return thrown;
  const { status, type, code, headers } = thrown;
  const message = { en: `${thrown.said("en")} ${hint.en}`, "zh-TW": thrown.said("zh-TW") + hint["zh-TW"] };
  return new ApiError(status, type, message, { ...(code && { code }), headers, cause: thrown });
}

function failure<Plan>(
  wire: Wire<Plan>,
  connection: Connection,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): ApiError {
  const { status: stated, retryAfterSeconds, ...said } = wire.said(body, headers);
  const wait = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return refusal(wire.title, secretsOf(connection), stated ?? status, said, { ...headers, ...wait });
}

async function readJson<Plan>(wire: Wire<Plan>, response: UpstreamResponse): Promise<unknown> {
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw upstreamUnreadable(wire.title, cause);
  }
}
