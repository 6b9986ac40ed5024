import type { ModelList } from "../../api/models.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Route } from "../exchange.ts";
import { sendJson } from "../reply.ts";

/** `GET /v1/models` */
export function modelList(gateway: Gateway): Route {
  return async ({ response, signal }) => {
    const list: ModelList = { object: "list", data: await gateway.models(signal) };
    sendJson(response, 200, JSON.stringify(list));
  };
}

/** `GET /v1/models/{id}`: an id may have slashes in it. */
export function modelById(gateway: Gateway): Route {
  return async ({ response, rest, signal }) => {
    sendJson(response, 200, JSON.stringify(await gateway.model(rest, signal)));
  };
}
