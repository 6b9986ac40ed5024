import type { Access } from "../../access/keys.ts";
import { keyOf } from "../client-key.ts";
import type { Route } from "../exchange.ts";
import { sendJson } from "../reply.ts";

/**
 * `GET /health`: the process is alive. With `?details`, for callers who may call models, also how those are doing.
 * @param details tells that.
 * @throws ApiError 401 for details without the client's key, where one is set.
 */
export function health(details: () => Promise<object>, access: Access): Route {
  return async ({ request, response }) => {
    if (!new URLSearchParams(request.url?.split("?")[1]).has("details")) {
      return sendJson(response, 200, '{"status":"ok"}');
    }
    access.admit(keyOf(request));
    sendJson(response, 200, JSON.stringify({ status: "ok", ...(await details()) }));
  };
}

/** `GET /ready`: calls are taken; 503 from the moment in which the server is asked to stop. */
export function ready(isStopping: () => boolean): Route {
  return async ({ response }) => {
    if (isStopping()) sendJson(response, 503, '{"status":"stopping"}');
    else sendJson(response, 200, '{"status":"ready"}');
  };
}
