import type { Gateway } from "../../gateway/gateway.ts";
import type { Route } from "../exchange.ts";
import { readJson } from "../read.ts";
import { sendJson, setNotes } from "../reply.ts";
import { rerankRequest } from "../rerank-request.ts";
import { fromTei, isTei, toTei } from "../tei-rerank.ts";

/** `POST /v1/rerank`, in the words of Cohere, Jina and vLLM, or of Text Embeddings Inference. */
export function rerank(gateway: Gateway, maxBodyBytes: number): Route {
  return async (exchange) => {
    const { request, response } = exchange;
    const json = await readJson(request, maxBodyBytes);
    const asksAsTei = isTei(json);
    const answer = await gateway.rerank(rerankRequest(asksAsTei ? fromTei(json) : json), exchange);
    setNotes(exchange);
    sendJson(response, 200, asksAsTei ? JSON.stringify(toTei(answer.value)) : answer.written);
  };
}
