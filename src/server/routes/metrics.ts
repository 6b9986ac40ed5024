import type { Metrics } from "../../telemetry/metrics.ts";
import type { RouteEntry } from "../router.ts";

/** `GET /metrics`, for Prometheus: with the client's key, where one is set, as `bearer_token` of the scrape. */
export function metricsRoute(metrics: Metrics): RouteEntry {
  return {
    method: "GET",
    path: "/metrics",
    async route({ response }) {
      const body = Buffer.from(await metrics.text());
      response.writeHead(200, { "content-type": metrics.contentType, "content-length": body.length }).end(body);
    },
  };
}
