/*
 * What the page at `/` asks besides OpenAI's routes: the answers of `/admin/…`.
 */

/** `GET /admin/session` */
export interface AdminSession {
  /** Whether clients must send a key. */
  readonly needs_key: boolean;
  /** Whether this browser may call: it has a session, or needs none. */
  readonly signed_in: boolean;
  readonly version: string;
  /** The languages of the page. */
  readonly languages: readonly string[];
}

/** `GET /admin/providers` */
export interface AdminProviders {
  readonly data: readonly AdminProvider[];
}

export interface AdminProvider {
  /** The prefix of its models' names. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /**
   * `no_key` and `no_address`: what must be set first; `silent`: its list of models could not be had, for want of a network
   * or a right key; `untried`: it needs no key, and nothing is known of it.
   */
  readonly state: "ready" | "no_key" | "no_address" | "silent" | "untried";
  /** The variables that may hold its key and its address, the one to set in front. */
  readonly key_variables: readonly string[];
  readonly base_url_variables: readonly string[];
  readonly base_url?: string;
  /** How many models it lists. */
  readonly models: number;
}

/** `GET /admin/suggestions` */
export interface SuggestedModels {
  readonly data: readonly SuggestedModel[];
}

/** A local model that is worth its download. */
export interface SuggestedModel {
  /** As a client calls it. */
  readonly id: string;
  readonly title: string;
  readonly purpose: "chat" | "embedding" | "rerank";
  /** To download, about. */
  readonly bytes: number;
  /** In memory, about; a chat model's with a conversation of 8192 tokens. */
  readonly memory_bytes: number;
  /** By its name at https://spdx.org/licenses where it has one there. */
  readonly licence: string;
}

export type CallOutcome = "complete" | "failed" | "aborted";

/** One call, as lists show it. */
export interface CallSummary {
  readonly request_id: string;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  readonly operation: "chat" | "embeddings" | "rerank";
  readonly stream: boolean;
  /** The name that the client used. */
  readonly model: string;
  /** Who was asked last, `openai/gpt-4o`: the model that answered, where one did. Missing where the name led nowhere. */
  readonly target?: string;
  readonly outcome: CallOutcome;
  readonly error_status?: number;
  readonly error_code?: string;
  readonly finish_reason?: string;
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly cached_tokens?: number;
  /** In US dollars, where the model's price is known. */
  readonly cost_usd?: number;
  readonly duration_ms: number;
  /** From the call's arrival to its first chunk, where it was streamed. */
  readonly first_chunk_ms?: number;
  /** How many targets were tried, each try counted. */
  readonly attempts: number;
}

/** `GET /admin/calls?before=&limit=&model=&outcome=`; the data of each event of `GET /admin/calls/live` is a CallSummary */
export interface CallPage {
  /** The newest first. */
  readonly data: readonly CallSummary[];
  /** For `before`: where the next page begins; null at the end. */
  readonly next: number | null;
  readonly recording: Recording;
}

/** What is kept of calls. */
export interface Recording {
  /** Whether calls are kept at all: `TRAFFIC`. */
  readonly calls: boolean;
  /** Whether what was said is kept, too: `RECORD_CONTENT`. */
  readonly content: boolean;
}

/** `GET /admin/calls/{request_id}` */
export interface CallDetails extends CallSummary {
  readonly error_message?: string;
  /** What the translation had to change: `dropped=seed;clamped=temperature`. */
  readonly translation?: string;
  /** What the gateway itself took of the duration. */
  readonly gateway_ms?: number;
  readonly tries: readonly CallTry[];
  /** Some of the request's headers; never one that bears a key. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where what was said is recorded. */
  readonly content?: CallContent;
  readonly recording: Recording;
}

/** One try of one target. */
export interface CallTry {
  readonly target: string;
  /** `ok`, `aborted`, or why it failed: the error's code, or its status where it has none. */
  readonly outcome: string;
  readonly status?: number;
  /** From the call's arrival. */
  readonly start_ms: number;
  /** To its end; of a stream, to the end of its last chunk. */
  readonly duration_ms: number;
  /** From its start, where it was streamed. */
  readonly first_chunk_ms?: number;
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
}

/** What was said, cut to a bound. */
export interface CallContent {
  /** The request's body, as JSON text. */
  readonly request: string;
  /** A whole answer as JSON text; of a stream, its text. Missing where there was none. */
  readonly answer?: string;
  /** Whether a part is missing. */
  readonly is_cut: boolean;
}

/** `GET /admin/stats?span=hour|day` */
export interface TrafficStats {
  readonly span: "hour" | "day";
  /** How long each bucket is. */
  readonly bucket_ms: number;
  /** When the first and the last bucket begin, in milliseconds since 1970; the last one is not over yet. */
  readonly from: number;
  readonly to: number;
  /** All models together. */
  readonly total: TrafficFigures;
  /** The same over time; buckets without a call are left out. */
  readonly buckets: readonly TrafficBucket[];
  /** Each model for itself, the busiest first. */
  readonly models: readonly ModelTraffic[];
  readonly recording: Recording;
}

export interface ModelTraffic {
  /** Who answered, `openai/gpt-4o`; `other` for models that never answered, and where there are too many. */
  readonly model: string;
  readonly total: TrafficFigures;
  readonly buckets: readonly TrafficBucket[];
}

export interface TrafficBucket extends TrafficFigures {
  /** When it begins, in milliseconds since 1970. */
  readonly at: number;
}

export interface TrafficFigures {
  readonly calls: number;
  readonly failed: number;
  readonly aborted: number;
  /** Of the calls that were answered; missing where there are none. Within a fifth of the true value. */
  readonly p50_ms?: number;
  readonly p95_ms?: number;
  /** The same of the streams' first chunks. */
  readonly first_chunk_p50_ms?: number;
  readonly first_chunk_p95_ms?: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_usd: number;
}
