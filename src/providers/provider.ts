import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../api/embeddings.ts";
import type { Json } from "../api/json.ts";
import type { Model } from "../api/models.ts";
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
  chatStream(call: Call<ChatCompletionRequest>): Promise<AsyncIterable<Json<ChatCompletionChunk>>>;

  embed(call: Call<EmbeddingRequest>): Promise<Json<EmbeddingResponse>>;

  /** The models that the service offers to this key, under its own names. Left out where a service cannot tell. */
  models?(connection: Connection, signal: AbortSignal): Promise<readonly Model[]>;
}

/** What the rest of the program must know of a provider without calling it. */
export interface ProviderFacts {
  /** The prefix of its models' names: `deepseek` in `deepseek/deepseek-chat`. */
  readonly name: string;
  /** For people: `DeepSeek`. */
  readonly title: string;
  /** Other prefixes that mean the same. */
  readonly aliases?: readonly string[];
  /** Names without a prefix that mean this provider's models, such as `gpt-4o`. */
  readonly bareNames?: RegExp;
  /** Where the service can be reached unless told otherwise; left out where only the user knows. */
  readonly baseUrl?: string;
  readonly env: ProviderEnv;
  /** Whether a request's `models` are for the service itself: names of its own that it chooses from. */
  readonly routesModels?: boolean;
  /** Models that go on with an assistant's message where the conversation ends in one. */
  readonly takesPrefill?: RegExp;
  /** Whether the service answers without a key, as servers on one's own machine do. */
  readonly keyOptional?: boolean;
}

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
