import type { Translations } from "../messages/say.ts";

/** One entry of `GET /v1/models`. Source: https://platform.openai.com/docs/api-reference/models */
export interface Model {
  readonly id: string;
  readonly object: "model";
  /** Seconds since 1970. */
  readonly created: number;
  readonly owned_by: string;
  /** Of models on this machine. */
  readonly omniport?: LocalModelState;
  readonly [field: string]: unknown;
}

/** What is told of a model on this machine beside OpenAI's fields. */
export interface LocalModelState {
  /**
   * `absent`: will be downloaded with the first call; `ready`: on disk; `loaded`: in memory. `failed`: the last attempt
   * to get it did; the next call tries again.
   */
  readonly state: "absent" | "downloading" | "converting" | "loading" | "ready" | "loaded" | "failed";
  /** What a default such as `local/chat` stands for. */
  readonly reference?: string;
  readonly purpose?: string;
  /** On disk. */
  readonly bytes: number;
  /** While it is loaded: about what it takes of the memory, and the calls that use it or wait for it. */
  readonly memory_bytes?: number;
  readonly calls?: number;
  /** While it is downloaded. */
  readonly done_bytes?: number;
  readonly total_bytes?: number;
  /** Why it failed. */
  readonly error?: string;
  /** `error` in the other languages: only in what one Omniport tells another, which knows its client's. */
  readonly translations?: Translations;
}

/** The answer to `DELETE /v1/models/{id}`. */
export interface ModelDeleted {
  readonly id: string;
  readonly object: "model";
  readonly deleted: true;
}

/** The body of `POST /v1/models/pull`, which is not OpenAI's. */
export interface PullRequest {
  readonly model: string;
  /** What it is to be used for: `chat`, `embedding`. Unless told, its files decide. */
  readonly purpose?: string;
  /** Whether to tell how far it is, in events. */
  readonly stream?: boolean;
}

export interface ModelList {
  readonly object: "list";
  readonly data: readonly Model[];
}
