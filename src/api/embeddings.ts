/**
 * OpenAI's embeddings as they stand on the wire. Fields that we do not name are kept and passed on.
 * Source: https://platform.openai.com/docs/api-reference/embeddings
 */
export interface EmbeddingRequest {
  readonly model: string;
  /** One text, many texts, one text as token ids, or many of those. */
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  readonly dimensions?: number | null;
  readonly encoding_format?: "float" | "base64" | null;
  readonly [field: string]: unknown;
}

export interface EmbeddingResponse {
  readonly object: "list";
  readonly data: readonly Embedding[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
  readonly [field: string]: unknown;
}

export interface Embedding {
  readonly object: "embedding";
  readonly index: number;
  /** Floats, or the same as little-endian float32 in base64. */
  readonly embedding: readonly number[] | string;
  readonly [field: string]: unknown;
}
