/** One entry of `GET /v1/models`. Source: https://platform.openai.com/docs/api-reference/models */
export interface Model {
  readonly id: string;
  readonly object: "model";
  /** Seconds since 1970. */
  readonly created: number;
  readonly owned_by: string;
  readonly [field: string]: unknown;
}

export interface ModelList {
  readonly object: "list";
  readonly data: readonly Model[];
}
