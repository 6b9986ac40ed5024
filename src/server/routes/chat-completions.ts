import type { Gateway } from "../../gateway/gateway.ts";
import { chatRequest } from "../chat-request.ts";
import type { Route } from "../exchange.ts";
import { readJson } from "../read.ts";
import { sendJson, setNotes } from "../reply.ts";
import { sendEvents } from "../sse.ts";

/** `POST /v1/chat/completions` */
export function chatCompletions(gateway: Gateway, maxBodyBytes: number, keepAliveMs: number): Route {
  return async (exchange) => {
    const { request, response, signal } = exchange;
    const body = chatRequest(await readJson(request, maxBodyBytes));
    if (body.outline.stream === true) {
      await sendEvents(response, gateway.chatStream(body, exchange), {
        signal,
        onHead: () => setNotes(exchange),
        keepAliveMs,
        waitsFor: () => gateway.waitsFor(body.outline.model),
      });
    } else {
      const answer = await gateway.chat(body, exchange);
      setNotes(exchange);
      sendJson(response, 200, answer.written);
    }
  };
}
