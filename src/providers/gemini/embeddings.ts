import type { EmbeddingRequest, EmbeddingResponse } from "../../api/embeddings.ts";
import { invalidRequest, upstreamUnreadable } from "../../api/error.ts";
import type { EmbedCall } from "../http-provider.ts";
import { modelPath } from "./models.ts";
import type { BatchEmbedContentsRequest, BatchEmbedContentsResponse } from "./wire.ts";

/** Source: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
const MAX_BATCH = 100;

/**
 * One vector a text, asked for a hundred at a time. Models before `gemini-embedding-2` do not say how many tokens they
 * read: then the usage is 0.
 */
export async function embed({ model, body, receipt, post }: EmbedCall): Promise<EmbeddingResponse> {
  const inputs = texts(body);
  const path = modelPath(model);
  if (body["user"] != null) receipt.note("dropped", "user");
  const vectors: (readonly number[])[] = [];
  let tokens = 0;
  for (let at = 0; at < inputs.length; at += MAX_BATCH) {
    const batch = inputs.slice(at, at + MAX_BATCH);
    const answer = (await post(
      `/v1beta/${path}:batchEmbedContents`,
      request(batch, path, body),
    )) as BatchEmbedContentsResponse;
    vectors.push(...vectorsOf(answer, batch.length, body.dimensions != null));
    tokens += answer.usageMetadata?.promptTokenCount ?? 0;
  }
  return {
    object: "list",
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    model: path.replace(/^models\//, ""),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function texts({ input }: EmbeddingRequest): readonly string[] {
  const inputs = typeof input === "string" ? [input] : input;
  if (inputs.every((entry) => typeof entry === "string")) return inputs;
  throw invalidRequest(
    {
      en: "Gemini makes embeddings of texts, not of token ids: send 'input' as text.",
      "zh-TW": "Gemini 只為文字產生嵌入，不接受 token id：請以文字傳送「input」。",
    },
    "input",
  );
}

/** Fields that are not OpenAI's, such as `taskType` and `title`, go with each text. */
function request(batch: readonly string[], model: string, body: EmbeddingRequest): BatchEmbedContentsRequest {
  const { model: _m, input: _i, encoding_format: _e, user: _u, dimensions, ...own } = body;
  const settings = Object.fromEntries(Object.entries(own).filter(([, value]) => value != null));
  return {
    requests: batch.map((text) => ({
      ...settings,
      model,
      content: { parts: [{ text }] },
      ...(dimensions != null && { outputDimensionality: dimensions }),
    })),
  };
}

/** @param shortened whether the vectors were cut to fewer dimensions: then they have lost their length of 1. */
function vectorsOf(
  answer: BatchEmbedContentsResponse,
  count: number,
  shortened: boolean,
): readonly (readonly number[])[] {
  const vectors = (answer.embeddings ?? []).map(({ values = [] }) => values);
  if (vectors.length !== count || vectors.some((vector) => vector.length === 0)) throw upstreamUnreadable("Gemini");
  return shortened ? vectors.map(normalised) : vectors;
}

function normalised(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
