import type { EmbeddingRequest, EmbeddingResponse } from "../../api/embeddings.ts";
import { ApiError, invalidRequest, upstreamUnreadable } from "../../api/error.ts";
import type { EmbedCall } from "../http-provider.ts";
import { contextSize, likelyTokens } from "./context-size.ts";
import type { ModelFacts } from "./model.ts";
import { named, ownOptions, OWN_OPTIONS } from "./options.ts";
import type { EmbedRequest, EmbedResponse, OldEmbedResponse } from "./wire.ts";

type EmbeddingCall = EmbedCall<ModelFacts>;

const OPENAI_FIELDS = ["model", "input", "dimensions", "encoding_format", "user", "options"];
const TRANSLATED: ReadonlySet<string> = new Set([...OPENAI_FIELDS, ...OWN_OPTIONS]);

export async function embed(call: EmbeddingCall): Promise<EmbeddingResponse> {
  const request = embedRequest(call);
  const { embeddings, model, prompt_eval_count: tokens = 0 } = await vectors(request, call);
  return {
    object: "list",
    model,
    data: embeddings.map((vector, index) => ({ object: "embedding", index, embedding: fitted(vector, call) })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** @throws ApiError 400 for token ids: only the server's own tokenizer could make them. */
export function embedRequest({ body, model, described, receipt }: EmbeddingCall): EmbedRequest {
  const { input, dimensions } = body;
  if (!isText(input)) {
    throw invalidRequest(
      {
        en: "Invalid type for 'input': Ollama takes texts, no token ids.",
        "zh-TW": "「input」的型別不正確：Ollama 接受文字，不接受 token id。",
      },
      "input",
      "invalid_type",
    );
  }
  if (body["user"] != null) receipt.note("dropped", "user");
  const longest = (typeof input === "string" ? [input] : input).map(likelyTokens).reduce((a, b) => Math.max(a, b), 0);
  const need = { promptTokens: longest, answerTokens: 0, thinks: false };
  const sized = contextSize(need, described?.usualContextTokens ?? 0, described?.contextTokens);
  const unknown = Object.keys(body).filter((field) => !TRANSLATED.has(field));
  return {
    // An input that is too long is refused instead of cut in silence.
    truncate: false,
    ...named(body, unknown),
    model,
    input,
    ...(dimensions != null && { dimensions }),
    options: { num_ctx: described?.settle(sized) ?? sized, ...named(body, OWN_OPTIONS), ...ownOptions(body) },
  };
}

function isText(input: EmbeddingRequest["input"]): input is string | readonly string[] {
  return typeof input === "string" || typeof input[0] === "string";
}

async function vectors(request: EmbedRequest, call: EmbeddingCall): Promise<EmbedResponse> {
  try {
    const answer = Object(await call.post("/api/embed", request)) as EmbedResponse;
    if (Array.isArray(answer.embeddings)) return answer;
  } catch (thrown) {
    const isOld = thrown instanceof ApiError && thrown.status === 404 && thrown.code !== "model_not_found";
    if (!isOld) throw thrown;
    return oldVectors(request, call);
  }
  throw upstreamUnreadable("Ollama");
}

/** Servers before 0.3 take one input a call, and do not count its tokens. */
async function oldVectors({ model, input, ...rest }: EmbedRequest, { post }: EmbeddingCall): Promise<EmbedResponse> {
  const embeddings: (readonly number[])[] = [];
  for (const prompt of typeof input === "string" ? [input] : input) {
    const { embedding } = Object(await post("/api/embeddings", { ...rest, model, prompt })) as OldEmbedResponse;
    if (!Array.isArray(embedding)) throw upstreamUnreadable("Ollama");
    embeddings.push(normalized(embedding));
  }
  return { model, embeddings };
}

/** Servers that do not know `dimensions` give all of them: the first ones, at length 1, are what newer ones make of it. */
function fitted(vector: readonly number[], { body, receipt }: EmbeddingCall): readonly number[] {
  const { dimensions } = body;
  if (dimensions == null || vector.length === dimensions) return vector;
  if (vector.length < dimensions) {
    receipt.refuse("dimensions", {
      en: `is more than this model has: ${vector.length}.`,
      "zh-TW": `超過這個模型的維度：${vector.length}。`,
    });
    return vector;
  }
  receipt.note("emulated", "dimensions");
  return normalized(vector.slice(0, dimensions));
}

function normalized(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
