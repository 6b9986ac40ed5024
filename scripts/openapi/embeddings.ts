import { z } from "zod";
import type { Embedding, EmbeddingRequest, EmbeddingResponse } from "../../src/api/embeddings.ts";
import { described, maybe, says, type Schemas } from "./described.ts";

const tokens = z.array(z.int().min(0)).min(1);

const request = described<EmbeddingRequest>()(
  z.looseObject({
    model: says(
      z.string().min(1).max(512),
      "Who answers: `local/embed`, `text-embedding-3-small`, `huggingface/owner/repo`.",
      "由誰回答：`local/embed`、`text-embedding-3-small`、`huggingface/owner/repo`。",
    ),
    input: says(
      z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048), tokens, z.array(tokens).max(2048)]),
      "A text, up to 2048 texts, or the same as token ids.",
      "一段文字、最多 2048 段文字，或以 token id 表示的同樣內容。",
    ),
    dimensions: maybe(z.int().min(1), "Only so many numbers of each vector.", "每個向量只取前幾個數字。"),
    encoding_format: maybe(
      z.enum(["float", "base64"]),
      "Numbers, or little-endian float32 in base64.",
      "數字，或以 base64 表示的 little-endian float32。",
    ),
    prompt_name: maybe(
      z.string(),
      "Local models: which of the model's own prompts stands before each text.",
      "本機模型：在每段文字前加上模型自己的哪個提示。",
    ),
    prompt: maybe(z.string(), "Local models: the same in your own words.", "本機模型：同上，用您自己的文字。"),
    user: maybe(z.string(), "Your user, for the provider's abuse checks.", "您的使用者，供供應商查核濫用。"),
  }),
);

const embedding = described<Embedding>()(
  z.looseObject({
    object: z.literal("embedding"),
    index: says(z.int(), "Of the text, in the request's order.", "該文字在請求中的順序。"),
    embedding: says(
      z.union([z.array(z.number()), z.string()]),
      "The vector; with `base64`, a text.",
      "向量；使用 `base64` 時為文字。",
    ),
  }),
);

const response = described<EmbeddingResponse>()(
  z.looseObject({
    object: z.literal("list"),
    data: says(z.array(embedding), "One for each text.", "每段文字一個。"),
    model: says(z.string(), "The model that answered.", "回答的模型。"),
    usage: z.looseObject({
      prompt_tokens: says(z.int(), "Of all texts.", "所有文字的 token 數。"),
      total_tokens: says(z.int(), "The same.", "同上。"),
    }),
  }),
);

export const EMBEDDINGS: Schemas = {
  EmbeddingRequest: request,
  EmbeddingResponse: response,
  Embedding: embedding,
};
