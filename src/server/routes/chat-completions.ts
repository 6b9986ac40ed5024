import type { Gateway } from "../../gateway/gateway.ts";
import { chatRequest } from "../chat-request.ts";
import type { Route } from "../exchange.ts";
import { readJson } from "../read.ts";
import { sendJson, setNotes } from "../reply.ts";
import { sendEvents } from "../sse.ts";

/** `POST /v1/chat/completions` */
export function chatCompletions(gateway: Gateway, maxBodyBytes: number, keepAliveMs: number): Route {
  return async ({ request, response, ...caller }) => {
    const body = chatRequest(await readJson(request, maxBodyBytes));
    if (body.outline.stream === true) {
      await sendEvents(response, gateway.chatStream(body, caller), {
        signal: caller.signal,
        onHead: () => setNotes(response, caller),
        keepAliveMs,
        waitsFor: () => gateway.waitsFor(body.outline.model),
      });
    } else {
      const answer = await gateway.chat(body, caller);
      setNotes(response, caller);
      sendJson(response, 200, answer.bytes);
    }
  };
}
