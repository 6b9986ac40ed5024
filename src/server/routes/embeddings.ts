import type { Gateway } from "../../gateway/gateway.ts";
import { embeddingRequest } from "../embedding-request.ts";
import type { Route } from "../exchange.ts";
import { readJson } from "../read.ts";
import { sendJson, setNotes } from "../reply.ts";

/** `POST /v1/embeddings` */
export function embeddings(gateway: Gateway, maxBodyBytes: number): Route {
  return async (exchange) => {
    const { request, response } = exchange;
    const body = embeddingRequest(await readJson(request, maxBodyBytes));
    const answer = await gateway.embed(body, exchange);
    setNotes(exchange);
    sendJson(response, 200, answer.written);
  };
}
