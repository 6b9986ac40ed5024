import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import type { Json } from "../api/json.ts";
import type { Model, PullRequest } from "../api/models.ts";
import type { RerankRequest, RerankResponse } from "../api/rerank.ts";
import type { Receipt } from "../api/receipt.ts";
import type { ToolState } from "../api/tool-state.ts";
import type { Upstream } from "../upstream/upstream.ts";

/**
 * A service that answers calls. It holds no state and reads no environment: each call brings what is needed to reach it.
 * Every function throws an ApiError when the service refuses or fails.
 */
export interface Provider extends ProviderFacts {
  chat(call: Call<ChatCompletionRequest>): Promise<Json<ChatCompletion>>;

  /**
   * Resolves when the service has accepted the call, and yields its chunks until the answer is complete; one that ends
   * early throws. The usage comes in a last chunk without choices, also if the client did not ask for it: the gateway
   * counts it and keeps it to itself.
   */
  chatStream(call: Call<ChatCompletionRequest>): Promise<ChatStream>;

  embed(call: Call<EmbeddingRequest>): Promise<Json<EmbeddingResponse>>;

  /** Left out where a service has none. */
  rerank?(call: Call<RerankRequest>): Promise<Json<RerankResponse>>;

  /** The models that the service offers to this key, under its own names. Left out where a service cannot tell. */
  models?(connection: Connection, signal: AbortSignal): Promise<readonly Model[]>;

  /** Left out where models are not ours to fetch and remove. */
  readonly store?: ModelStore;
}

/** Models that are kept on a machine of the user's own. Each function throws an ApiError where that fails. */
export interface ModelStore {
  /**
   * Fetches a model's files. Resolves when something comes; yields the model as it is then, again and again until all is
   * there. Who leaves the iteration ends the download, unless others wait for it.
   */
  pull(call: StoreCall & Pick<PullRequest, "purpose">): Promise<AsyncIterable<Model>>;
  /** Fetches a model's files, as far as they are not there, and loads it; yields the same. */
  load(call: StoreCall): Promise<AsyncIterable<Model>>;
  /** Takes a model out of memory, when its calls are over. */
  unload(call: StoreCall): Promise<Model>;
  /** Removes a model's files from the disk. */
  remove(call: StoreCall): Promise<void>;
}

export type StoreCall = Pick<Call<never>, "model" | "connection" | "signal">;

/**
 * A streamed answer: the chunks that came in one read together, because they go on together. No batch is empty.
 */
export type ChatStream = AsyncIterable<readonly Json<ChatCompletionChunk>[]>;

/** What the rest of the program must know of a provider without calling it. */
export interface ProviderFacts {
  /** The prefix of its models' names: `deepseek` in `deepseek/deepseek-chat`. */
  readonly name: string;
  /** For people: `DeepSeek`. */
  readonly title: string;
  /**
   * Its name in traces, where that is another one.
   * Source: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai
   */
  readonly genAiName?: string;
  /** Other prefixes that mean the same. */
  readonly aliases?: readonly string[];
  /** Names without a prefix that mean this provider's models, such as `gpt-4o`. */
  readonly bareNames?: RegExp;
  /** Where the service can be reached unless told otherwise; left out where only the user knows. */
  readonly baseUrl?: string;
  readonly env: ProviderEnv;
  /** Whether a request's `models` are for the service itself: names of its own that it chooses from. */
  readonly routesModels?: boolean;
  /**
   * What a model does with an assistant's message at the end of a conversation, its own answer's beginning: `continue` gives
   * what follows, `repeat` the beginning again and then what follows. Undefined where it does neither reliably.
   */
  readonly prefill?: (model: string, baseUrl: string) => Prefill | undefined;
  /** Whether the service answers without a key, as servers on one's own machine do. */
  readonly keyOptional?: boolean;
}

export type Prefill = "continue" | "repeat";

/** Environment variables; of several, the first that is set counts. */
export interface ProviderEnv {
  readonly key: readonly string[];
  readonly baseUrl: readonly string[];
  /** Further settings by the name that the provider reads them under, from `Connection.options`. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
}

/** How to reach a provider: facts and configuration joined. */
export interface Connection {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly key: string | undefined;
  /** Sent with every call, besides the provider's own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly upstream: Upstream;
}

export interface Call<Body> {
  /** The model's name as the provider knows it. */
  readonly model: string;
  /** The client's request; its `model` is still the client's. */
  readonly body: Json<Body>;
  readonly connection: Connection;
  /** Takes what the translation had to change. */
  readonly receipt: Receipt;
  readonly toolState: ToolState;
  /** Fires when the client is gone or the server stops: ends the provider's call too. */
  readonly signal: AbortSignal;
}
