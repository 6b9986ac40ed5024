import type { Gateway } from "../../gateway/gateway.ts";
import { embeddingRequest } from "../embedding-request.ts";
import type { Route } from "../exchange.ts";
import { readJson } from "../read.ts";
import { sendJson, setNotes } from "../reply.ts";

/** `POST /v1/embeddings` */
export function embeddings(gateway: Gateway, maxBodyBytes: number): Route {
  return async ({ request, response, ...caller }) => {
    const body = embeddingRequest(await readJson(request, maxBodyBytes));
    const answer = await gateway.embed(body, caller);
    setNotes(response, caller);
    sendJson(response, 200, answer.bytes);
  };
}
