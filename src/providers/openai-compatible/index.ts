import { type ApiError, noEmbeddings, upstreamUnreadable } from "../../api/error.ts";
import type { ChatCompletion, ChatCompletionRequest } from "../../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../../api/embeddings.ts";
import { withFields } from "../../api/fields.ts";
import { Json } from "../../api/json.ts";
import type { Model } from "../../api/models.ts";
import type { RerankRequest, RerankResponse } from "../../api/rerank.ts";
import { noteAll } from "../../api/receipt.ts";
import { readBytes, readErrorText } from "../../upstream/read.ts";
import type { Body, UpstreamResponse } from "../../upstream/upstream.ts";
import type { RequestContext } from "../http-provider.ts";
import { noteSkipped } from "../event-reader.ts";
import type { Call, ChatStream, Connection, Provider, ProviderFacts } from "../provider.ts";
import { explained, reading } from "../reading.ts";
import { secretsOf } from "../secrets.ts";
import { severalAnswers, severalStreams } from "../several.ts";
import { type Answer, watchAnswers } from "./answers.ts";
import { completion, type Reading } from "./completion.ts";
import { embeddings } from "./embeddings.ts";
import { error, errorIn } from "./error.ts";
import { firstCallOnly, firstCallsOnly } from "./one-call.ts";
import { question, ranking, type RerankQuestion, saysTei, teiQuestion } from "./rerank.ts";
import { chunks } from "./stream.ts";

type Headers = Readonly<Record<string, string>>;

/** Fields of a request that change; `undefined` leaves a field out. */
type Fields = Readonly<Record<string, unknown>>;

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
  /** Whether `edit` looks at the request's shape and short fields only: then it is spared the reading of long texts. */
  readonly editsByShape?: boolean;
  /**
   * Sees each answer that is whole, before the client sees its end: keeps what the service wants back with a tool's
   * result, and throws for an answer that is not what was promised.
   */
  readonly answered?: (answer: Answer, call: Call<ChatCompletionRequest>) => void;
  readonly chatUrl?: (call: Call<ChatCompletionRequest>, stream: boolean) => string;
  readonly embeddingsUrl?: (connection: Connection, model: string) => string;
  /** The header that bears the key; `Authorization: Bearer …` unless told otherwise. */
  readonly keyHeader?: (key: string) => Readonly<Record<string, string>>;
  /** Further headers of a call. */
  readonly callHeaders?: (call: Call<unknown>) => Readonly<Record<string, string>>;
  /** Whether the service gives one answer a call: then `n` is had by as many calls at once. */
  readonly hasOneAnswer?: boolean;
  /** Whether the model may make several calls at once whatever it is told: then the client sees the first. */
  readonly hasOnlyParallelCalls?: boolean;
  /** False where there are none. */
  readonly hasEmbeddings?: boolean;
  /** Whether it ranks documents at `/rerank`; `or-tei`: it may as well be a server of Text Embeddings Inference. */
  readonly hasReranking?: true | "or-tei";
  /** False where `stream_options` is refused because usage comes in any case. */
  readonly streamOptions?: boolean;
}

/** Makes a provider of a service that speaks OpenAI's wire: whatever we do not know passes through both ways. */
export function openaiCompatible(service: Service): Provider {
  const post = async (call: Call<unknown>, url: string, body: Body): Promise<UpstreamResponse> => {
    const { connection, signal } = call;
    const all = headers(service, connection, service.callHeaders?.(call));
    const response = await connection.upstream.send({ method: "POST", url, headers: all, body }, signal);
    if (response.status !== 200) throw await refusal(service, connection, response);
    noteAll(call.receipt, response.headers["x-omniport-translation"] ?? "");
    return response;
  };
  const chatUrl = service.chatUrl ?? (({ connection }) => `${connection.baseUrl}/chat/completions`);
  const embeddingsUrl = service.embeddingsUrl ?? ((connection) => `${connection.baseUrl}/embeddings`);

  const wantsOneCall = ({ body }: Call<ChatCompletionRequest>): boolean =>
    service.hasOnlyParallelCalls === true && body.outline["parallel_tool_calls"] === false;

  const chat = async (call: Call<ChatCompletionRequest>): Promise<Json<ChatCompletion>> => {
    const body = withFields(call.body.bytes, { ...(await edited(service, call, false)), model: call.model });
    const bytes = await readBytes(await post(call, chatUrl(call, false), body));
    try {
      const reply = checked<ChatCompletion>(service, call.connection, bytes);
      const answer = changed(reply, completion(reply.value));
      for (const choice of answer.value.choices) service.answered?.(choice, call);
      return wantsOneCall(call) ? Json.fromValue(firstCallOnly(answer.value)) : answer;
    } catch (thrown) {
      throw explained(service.title, thrown);
    }
  };

  const chatStream = async (call: Call<ChatCompletionRequest>): Promise<ChatStream> => {
    const body = withFields(call.body.bytes, {
      ...(await edited(service, call, true)),
      ...streamFields(service, call),
    });
    const response = await post(call, chatUrl(call, true), body);
    if (response.headers["content-type"]?.includes("application/json")) {
      checked(service, call.connection, await readBytes(response)); // throws the error that it should be
      throw upstreamUnreadable(service.title);
    }
    const failure = (status: number, text: string) => error(service.title, secretsOf(call.connection), status, text);
    const withUsage = call.body.outline.stream_options?.include_usage === true;
    const onSkipped = (): void => noteSkipped(call.receipt);
    const all = chunks(response.body, { title: service.title, withUsage, failure, onSkipped });
    const watched = service.answered ? watchAnswers(all, (answer) => service.answered?.(answer, call)) : all;
    return wantsOneCall(call) ? firstCallsOnly(watched) : watched;
  };

  const rerank = async (call: Call<RerankRequest>): Promise<Json<RerankResponse>> => {
    const { body, model, connection } = call;
    const ask = async ({ url, body }: RerankQuestion): Promise<Buffer> => readBytes(await post(call, url, body));
    const bytes = await ask(question(connection.baseUrl, body, model)).catch((thrown: unknown) => {
      if (service.hasReranking !== "or-tei" || !saysTei(thrown)) throw thrown;
      return ask(teiQuestion(connection.baseUrl, body));
    });
    return reading(service.title, () => {
      const reply = checked<RerankResponse>(service, connection, bytes);
      const read = ranking(reply.value, model, body.value);
      if (!read) throw upstreamUnreadable(service.title);
      return changed(reply, read);
    });
  };

  /** Whether one call is not enough for what is asked. */
  const needsSeveral = ({ body }: Call<ChatCompletionRequest>): boolean =>
    service.hasOneAnswer === true && (body.outline.n ?? 1) > 1;

  const severalChats = async (call: Call<ChatCompletionRequest>): Promise<Json<ChatCompletion>> =>
    Json.fromValue(await severalAnswers(call, async (one) => (await chat(one)).value));

  return {
    ...service,

    chat: (call) => (needsSeveral(call) ? severalChats(call) : chat(call)),
    chatStream: async (call) => (needsSeveral(call) ? severalStreams(call, chatStream) : chatStream(call)),

    async embed(call: Call<EmbeddingRequest>) {
      if (service.hasEmbeddings === false) throw noEmbeddings(service.title, call.model);
      const body = withFields(call.body.bytes, { model: call.model });
      const bytes = await readBytes(await post(call, embeddingsUrl(call.connection, call.model), body));
      const format = call.body.outline.encoding_format ?? "float";
      return reading(service.title, () => {
        const reply = checked<EmbeddingResponse>(service, call.connection, bytes);
        // The outline tells lists from texts; the numbers are read only where they must be changed.
        if (embeddings(reply.outline, format).isAsItCame) return reply;
        return Json.fromValue(embeddings(reply.value, format).value);
      });
    },

    ...(service.hasReranking && { rerank }),

    async models(connection, signal) {
      const url = `${connection.baseUrl}/models`;
      const request = { method: "GET", url, headers: headers(service, connection) } as const;
      const response = await connection.upstream.send(request, signal);
      if (response.status !== 200) throw await refusal(service, connection, response);
      const bytes = await readBytes(response);
      const list = checked<{ data?: readonly Model[] } | readonly Model[]>(service, connection, bytes).value;
      const models = "data" in list ? list.data : list; // Together sends the bare list
      if (!Array.isArray(models)) throw upstreamUnreadable(service.title);
      return models;
    },
  };
}

/** Waits only where the edit wants to know of earlier tool calls. */
function edited(
  service: Service,
  { body, model, receipt, toolState, connection }: Call<ChatCompletionRequest>,
  stream: boolean,
): Fields | Promise<Fields> {
  const { edit, editsByShape } = service;
  if (!edit) return {};
  const editKnowing = (known: EditContext["toolState"]): Fields => {
    const context = { model, stream, receipt, toolState: known, baseUrl: connection.baseUrl };
    const edits = editsByShape ? edit(body.outline, context) : undefined;
    // What is taken over from an outline may have been cut short.
    const isShort = edits !== undefined && Object.values(edits).every((value) => typeof value !== "object");
    return isShort ? edits : edit(body.value, context);
  };
  const calling = body.outline.messages.filter(({ tool_calls }) => tool_calls);
  if (calling.length === 0) return editKnowing(NOTHING_KNOWN);
  const ids = calling.flatMap(({ tool_calls }) => (tool_calls ?? []).map(({ id }) => id));
  return toolState.load(ids).then(editKnowing);
}

const NOTHING_KNOWN: EditContext["toolState"] = new Map();

/** The usage is asked for in every stream, for our own record; a client that did not ask does not see it. */
function streamFields(service: Service, call: Call<ChatCompletionRequest>): Record<string, unknown> {
  const { stream_options } = call.body.outline;
  const asked = stream_options?.include_usage === true;
  if (service.streamOptions === false) return { model: call.model, stream_options: undefined };
  if (asked) return { model: call.model };
  return { model: call.model, stream_options: { ...stream_options, include_usage: true } };
}

function headers({ keyHeader = bearer }: Service, { key, headers }: Connection, further?: Headers): Headers {
  return { "content-type": "application/json", ...(key !== undefined && keyHeader(key)), ...headers, ...further };
}

function bearer(key: string): Headers {
  return { authorization: `Bearer ${key}` };
}

/** What a service says that has not taken a request. */
async function refusal(service: Service, connection: Connection, response: UpstreamResponse): Promise<ApiError> {
  const { status, headers } = response;
  return error(service.title, secretsOf(connection), status, await readErrorText(response), headers);
}

/** @throws ApiError when the bytes are no JSON, or an error that came with status 200. */
function checked<T extends object>(service: Service, connection: Connection, bytes: Buffer): Json<T> {
  const json = Json.fromBytes<T>(bytes, (cause) => upstreamUnreadable(service.title, cause));
  const value: T | null = json.outline;
  if (typeof value !== "object" || value === null) throw upstreamUnreadable(service.title);
  const status = errorIn(value);
  if (status !== undefined) throw error(service.title, secretsOf(connection), status, json.text);
  return json;
}

/** The provider's own bytes where the reading of them has changed nothing. */
function changed<T>(reply: Json<T>, { value, isAsItCame }: Reading<T>): Json<T> {
  return isAsItCame ? reply : Json.fromValue(value);
}
