import { noEmbeddings, upstreamUnreadable } from "../../api/error.ts";
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../../api/embeddings.ts";
import { withFields } from "../../api/fields.ts";
import { asJson, asValues, Json } from "../../api/json.ts";
import type { Model } from "../../api/models.ts";
import { noteAll } from "../../api/receipt.ts";
import { readErrorText, readText } from "../../upstream/read.ts";
import { readEvents } from "../../upstream/sse.ts";
import type { UpstreamRequest, UpstreamResponse } from "../../upstream/upstream.ts";
import type { RequestContext } from "../http-provider.ts";
import type { Call, Connection, Provider, ProviderFacts } from "../provider.ts";
import { severalAnswers, severalStreams } from "../several.ts";
import { type Answer, watchAnswers } from "./answers.ts";
import { completion } from "./completion.ts";
import { embeddings } from "./embeddings.ts";
import { error, errorIn } from "./error.ts";
import { firstCallOnly, firstCallsOnly } from "./one-call.ts";
import { chunks } from "./stream.ts";

/** What an edit of the request may depend on. */
export interface EditContext extends Pick<RequestContext, "model" | "stream" | "receipt" | "toolState"> {
  readonly baseUrl: string;
}

/** What one service that speaks OpenAI's wire does in its own way. All of it may be left out. */
export interface Service extends ProviderFacts {
  /**
   * Fields of the request that must change before this service takes it; `undefined` leaves a field out.
   * @throws ApiError 400 for a field that changes what the answer means and cannot be honoured.
   */
  readonly edit?: (body: ChatCompletionRequest, context: EditContext) => Readonly<Record<string, unknown>>;
  /**
   * Sees each answer that is whole, before the client sees its end: keeps what the service wants back with a tool's
   * result, and throws for an answer that is not what was promised.
   */
  readonly answered?: (answer: Answer, call: Call<ChatCompletionRequest>) => void;
  readonly chatUrl?: (connection: Connection, model: string, stream: boolean) => string;
  readonly embeddingsUrl?: (connection: Connection, model: string) => string;
  /** The header that bears the key; `Authorization: Bearer …` unless told otherwise. */
  readonly keyHeader?: (key: string) => Readonly<Record<string, string>>;
  /** Whether the service gives one answer a call: then `n` is had by as many calls at once. */
  readonly hasOneAnswer?: boolean;
  /** Whether the model may make several calls at once whatever it is told: then the client sees the first. */
  readonly hasOnlyParallelCalls?: boolean;
  /** False where there are none. */
  readonly hasEmbeddings?: boolean;
  /** False where `stream_options` is refused because usage comes in any case. */
  readonly streamOptions?: boolean;
}

/** Makes a provider of a service that speaks OpenAI's wire: whatever we do not know passes through both ways. */
export function openaiCompatible(service: Service): Provider {
  const post = async (call: Call<unknown>, url: string, body: string): Promise<UpstreamResponse> => {
    const request = { method: "POST", url, headers: headers(service, call.connection), body } as const;
    const response = await accepted(service, call.connection, request, call.signal);
    noteAll(call.receipt, response.headers["x-omniport-translation"] ?? "");
    return response;
  };
  const chatUrl = service.chatUrl ?? ((connection) => `${connection.baseUrl}/chat/completions`);
  const embeddingsUrl = service.embeddingsUrl ?? ((connection) => `${connection.baseUrl}/embeddings`);

  const wantsOneCall = ({ body }: Call<ChatCompletionRequest>): boolean =>
    service.hasOnlyParallelCalls === true && body.value["parallel_tool_calls"] === false;

  const chat = async (call: Call<ChatCompletionRequest>): Promise<Json<ChatCompletion>> => {
    const body = withFields(call.body.text, { ...(await edited(service, call, false)), model: call.model });
    const text = await readText(await post(call, chatUrl(call.connection, call.model, false), body));
    const answer = changed(text, completion(parse(service, call.connection, text) as ChatCompletion));
    for (const choice of answer.value.choices) service.answered?.(choice, call);
    return wantsOneCall(call) ? Json.fromValue(firstCallOnly(answer.value)) : answer;
  };

  const chatStream = async (call: Call<ChatCompletionRequest>): Promise<AsyncIterable<Json<ChatCompletionChunk>>> => {
    const body = withFields(call.body.text, { ...(await edited(service, call, true)), ...streamFields(service, call) });
    const response = await post(call, chatUrl(call.connection, call.model, true), body);
    if (response.headers["content-type"]?.includes("application/json")) {
      parse(service, call.connection, await readText(response)); // throws the error that it should be
      throw upstreamUnreadable(service.title);
    }
    const failure = (status: number, text: string) => error(service.title, call.connection.key, status, text);
    const withUsage = call.body.value.stream_options?.include_usage === true;
    const onSkipped = (): void => call.receipt.note("dropped", "malformed_event");
    const all = chunks(readEvents(response.body), { title: service.title, withUsage, failure, onSkipped });
    const watched = service.answered ? watchAnswers(all, (answer) => service.answered?.(answer, call)) : all;
    return wantsOneCall(call) ? firstCallsOnly(watched) : watched;
  };

  /** Whether one call is not enough for what is asked. */
  const needsSeveral = ({ body }: Call<ChatCompletionRequest>): boolean =>
    service.hasOneAnswer === true && (body.value.n ?? 1) > 1;

  return {
    ...service,

    async chat(call) {
      if (!needsSeveral(call)) return chat(call);
      return Json.fromValue(await severalAnswers(call, async (one) => (await chat(one)).value));
    },

    async chatStream(call) {
      if (!needsSeveral(call)) return chatStream(call);
      return asJson(await severalStreams(call, async (one) => asValues(await chatStream(one))));
    },

    async embed(call: Call<EmbeddingRequest>) {
      if (service.hasEmbeddings === false) throw noEmbeddings(service.title, call.model);
      const body = withFields(call.body.text, { model: call.model });
      const text = await readText(await post(call, embeddingsUrl(call.connection, call.model), body));
      const answer = parse(service, call.connection, text) as EmbeddingResponse;
      return changed(text, embeddings(answer, call.body.value.encoding_format ?? "float"));
    },

    async models(connection, signal) {
      const url = `${connection.baseUrl}/models`;
      const request = { method: "GET", url, headers: headers(service, connection) } as const;
      const text = await readText(await accepted(service, connection, request, signal));
      const list = parse(service, connection, text) as { data?: readonly Model[] } | readonly Model[];
      return "data" in list ? (list.data ?? []) : (list as readonly Model[]); // Together sends the bare list
    },
  };
}

async function edited(
  service: Service,
  { body, model, receipt, toolState, connection }: Call<ChatCompletionRequest>,
  stream: boolean,
): Promise<Readonly<Record<string, unknown>>> {
  if (!service.edit) return {};
  const ids = body.value.messages.flatMap((message) => (message.tool_calls ?? []).map((call) => call.id));
  const known = ids.length === 0 ? new Map<string, unknown>() : await toolState.load(ids);
  return service.edit(body.value, { model, stream, receipt, toolState: known, baseUrl: connection.baseUrl });
}

/** The usage is asked for in every stream, for our own record; a client that did not ask does not see it. */
function streamFields(service: Service, call: Call<ChatCompletionRequest>): Record<string, unknown> {
  const { stream_options } = call.body.value;
  const asked = stream_options?.include_usage === true;
  if (service.streamOptions === false) return { model: call.model, stream_options: undefined };
  if (asked) return { model: call.model };
  return { model: call.model, stream_options: { ...stream_options, include_usage: true } };
}

function headers(service: Service, { key, headers }: Connection): Record<string, string> {
  const keyHeader = service.keyHeader ?? ((value: string) => ({ authorization: `Bearer ${value}` }));
  return { "content-type": "application/json", ...(key === undefined ? {} : keyHeader(key)), ...headers };
}

/** The answer to a request that the service took; its refusal is thrown. */
async function accepted(
  service: Service,
  connection: Connection,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  const response = await connection.upstream.send(request, signal);
  if (response.status === 200) return response;
  throw error(service.title, connection.key, response.status, await readErrorText(response), response.headers);
}

/** @throws ApiError when the text is not JSON, or is an error that came with status 200. */
function parse(service: Service, connection: Connection, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw upstreamUnreadable(service.title, cause);
  }
  if (typeof value !== "object" || value === null) throw upstreamUnreadable(service.title);
  const status = errorIn(value);
  if (status !== undefined) throw error(service.title, connection.key, status, text);
  return value;
}

/** The provider's own text where the reading of it has changed nothing. */
function changed<T>(text: string, reading: { readonly value: T; readonly isAsItCame: boolean }): Json<T> {
  return reading.isAsItCame ? Json.fromText(text, reading.value) : Json.fromValue(reading.value);
}
