import type { Route } from "../exchange.ts";
import { sendJson } from "../reply.ts";

/** `GET /health`: the process is alive. */
export const health: Route = async ({ response }) => sendJson(response, 200, '{"status":"ok"}');

/** `GET /ready`: calls are taken; 503 from the moment in which the server is asked to stop. */
export function ready(isStopping: () => boolean): Route {
  return async ({ response }) => {
    if (isStopping()) sendJson(response, 503, '{"status":"stopping"}');
    else sendJson(response, 200, '{"status":"ready"}');
  };
}
