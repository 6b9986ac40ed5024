import type { Gateway } from "../../gateway/gateway.ts";
import { chatRequest } from "../chat-request.ts";
import type { Route } from "../exchange.ts";
import { readJson } from "../read.ts";
import { sendJson } from "../reply.ts";
import { sendEvents } from "../sse.ts";

/** `POST /v1/chat/completions` */
export function chatCompletions(gateway: Gateway, maxBodyBytes: number): Route {
  return async ({ request, response, ...caller }) => {
    const body = chatRequest(await readJson(request, maxBodyBytes));
    if (body.value.stream === true) {
      await sendEvents(response, await gateway.chatStream(body, caller), caller.signal);
    } else {
      sendJson(response, 200, (await gateway.chat(body, caller)).text);
    }
  };
}
