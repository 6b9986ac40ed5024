import type { EmbeddingRequest, EmbeddingResponse } from "../../api/embeddings.ts";
import { invalidRequest, upstreamUnreadable } from "../../api/error.ts";
import type { EmbedCall } from "../http-provider.ts";
import type { EmbeddingsReply, EmbeddingsRequest } from "./wire.ts";

/**
 * Vectors of 1536 numbers. They are made to be found unless the client says `type: "query"`.
 * Source: https://platform.minimaxi.com/document/embeddings
 */
export async function embed({ model, body, receipt, post, failure }: EmbedCall): Promise<EmbeddingResponse> {
  if (body.dimensions != null && body.dimensions !== 1536) {
    receipt.refuse("dimensions", {
      en: `cannot be ${body.dimensions}: MiniMax's vectors have 1536 numbers.`,
      "zh-TW": `不能是 ${body.dimensions}：MiniMax 的向量有 1536 個數字。`,
    });
  }
  if (body["user"] != null) receipt.note("dropped", "user");
  const request: EmbeddingsRequest = { model, texts: texts(body), type: body["type"] === "query" ? "query" : "db" };
  const reply = Object(await post("/embeddings", request)) as EmbeddingsReply;
  if (reply.base_resp?.status_code) throw failure(200, JSON.stringify(reply));
  if (!reply.vectors || reply.vectors.length !== request.texts.length) throw upstreamUnreadable("MiniMax");
  const tokens = reply.total_tokens ?? 0;
  return {
    object: "list",
    data: reply.vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function texts({ input }: EmbeddingRequest): readonly string[] {
  const inputs = typeof input === "string" ? [input] : input;
  if (inputs.every((one) => typeof one === "string")) return inputs;
  throw invalidRequest(
    {
      en: "Invalid 'input': MiniMax embeds texts, not token ids.",
      "zh-TW": "「input」不正確：MiniMax 只為文字產生嵌入，不接受 token id。",
    },
    "input",
    "invalid_type",
  );
}
