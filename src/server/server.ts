import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Access } from "../access/keys.ts";
import type { Sessions } from "../access/sessions.ts";
import { ApiError } from "../api/error.ts";
import { createReceipt } from "../api/receipt.ts";
import { createTrail, type Trail } from "../api/trail.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { say } from "../messages/say.ts";
import type { Log } from "../telemetry/log.ts";
import type { Guard } from "./guard.ts";
import { refuseBytes, refuseTunnel } from "./refuse-bytes.ts";
import { keyOf } from "./client-key.ts";
import { fallbacksOf } from "./fallbacks.ts";
import { hasSession } from "./page-session.ts";
import { sendError } from "./reply.ts";
import { requestIdOf } from "./request-id.ts";
import { createRouter, type RouteEntry } from "./router.ts";
import { chatCompletions } from "./routes/chat-completions.ts";
import { embeddings } from "./routes/embeddings.ts";
import { health, ready } from "./routes/health.ts";
import { modelById, modelDelete, modelFetch, modelList, modelUnload } from "./routes/models.ts";
import { openapi } from "./routes/openapi.ts";
import { rerank } from "./routes/rerank.ts";

export interface ApiServerOptions {
  readonly gateway: Gateway;
  readonly access: Access;
  readonly guard: Guard;
  readonly log: Log;
  /** Whether fields that a provider cannot honour are dropped instead of refused, for every call. */
  readonly dropParams: boolean;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** After so much silence a stream says that it is alive; 0: never. */
  readonly keepAliveMs: number;
  readonly timeouts?: Timeouts;
  /** The page at `/`, where there is one. */
  readonly page?: readonly RouteEntry[];
  /** Who has shown a key to that page. */
  readonly sessions?: Sessions;
  /** How those who were called are doing; of this process's calls, unless told otherwise. */
  readonly health?: () => Promise<object>;
  /** For those who run the server: `/admin/…`, `/metrics`. */
  readonly operating?: readonly RouteEntry[];
}

/** Who sends more slowly is cut off. */
export interface Timeouts {
  /** From a connection's first byte to the end of the headers. */
  readonly headersMs: number;
  /** From a connection's first byte to the end of the body. */
  readonly requestMs: number;
  /** How often the clock is looked at. */
  readonly checkEveryMs: number;
}

const TIMEOUTS: Timeouts = { headersMs: 20_000, requestMs: 120_000, checkEveryMs: 2_000 };

/** A port and a host, shared with other processes where that is said, or the path of a unix socket or named pipe. */
type Place = { readonly port: number; readonly host: string; readonly reusePort?: boolean } | { readonly path: string };

export interface ApiServer {
  /** Resolves when connections are taken. */
  listen(at: Place): Promise<void>;
  /** Where it listens, for people and clients: `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Takes no more connections, lets running calls end for `graceMs`, then ends them with an error. */
  close(graceMs: number): Promise<void>;
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { gateway, access, guard, log, dropParams, maxBodyBytes, keepAliveMs, timeouts = TIMEOUTS } = options;
  const running = new Set<AbortController>();
  let isStopping = false;

  const routes: readonly RouteEntry[] = [
    { method: "POST", path: "/chat/completions", route: chatCompletions(gateway, maxBodyBytes, keepAliveMs) },
    { method: "POST", path: "/embeddings", route: embeddings(gateway, maxBodyBytes) },
    { method: "POST", path: "/rerank", route: rerank(gateway, maxBodyBytes) },
    { method: "POST", path: "/v2/rerank", route: rerank(gateway, maxBodyBytes) }, // Cohere's
    { method: "GET", path: "/models", route: modelList(gateway) },
    { method: "GET", path: "/models/", route: modelById(gateway) },
    { method: "DELETE", path: "/models/", route: modelDelete(gateway) },
    { method: "POST", path: "/models/pull", route: modelFetch(gateway.stored.pull, maxBodyBytes, keepAliveMs) },
    { method: "POST", path: "/models/load", route: modelFetch(gateway.stored.load, maxBodyBytes, keepAliveMs) },
    { method: "POST", path: "/models/unload", route: modelUnload(gateway, maxBodyBytes) },
    {
      method: "GET",
      path: "/health",
      route: health(options.health ?? (async () => gateway.health()), access),
      isOpen: true,
    },
    { method: "GET", path: "/ready", route: ready(() => isStopping), isOpen: true },
    { method: "GET", path: "/openapi.json", route: openapi(), isOpen: true },
    ...(options.page ?? []),
    ...(options.operating ?? []),
  ];

  const find = createRouter(routes);

  const isSignedIn = (request: IncomingMessage): boolean =>
    options.sessions !== undefined && hasSession(request, options.sessions);

  /** The whole path of a request, in the order in which it happens. */
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = requestIdOf(request);
    const call = new AbortController();
    const trail = createTrail();
    running.add(call);
    response.on("close", () => {
      running.delete(call);
      if (!response.writableFinished) call.abort();
      // A connection that is kept alive by its client must not keep us.
      if (isStopping) setImmediate(() => server.closeIdleConnections());
    });
    try {
      response.setHeader("x-request-id", requestId);
      if (isStopping) response.setHeader("connection", "close");
      guard.admit(request);
      for (const [name, value] of Object.entries(guard.headers(request))) response.setHeader(name, value);
      if (request.method === "OPTIONS") return void response.writeHead(204).end();
      const { method = "GET", url = "/" } = request;
      const found = find(url);
      const key = keyOf(request);
      if (!found.isOpen && access.needsKey && !isSignedIn(request)) access.admit(key);
      const { route, rest } = found.route(method);
      const receipt = createReceipt(dropParams || request.headers["x-omniport-drop-params"] === "true");
      const fallbacks = fallbacksOf(request);
      const client = key ?? request.socket.remoteAddress ?? "";
      const { headers } = request;
      const { signal } = call;
      await route({ request, response, requestId, receipt, trail, fallbacks, client, headers, signal, rest });
    } catch (thrown) {
      refuse(response, requestId, thrown, trail);
    }
  };

  const refuse = (response: ServerResponse, requestId: string, thrown: unknown, trail: Trail): void => {
    if (response.destroyed) return; // the client is gone: nobody is left to tell
    const error = ApiError.from(thrown);
    if (error !== thrown) log.error({ requestId, err: thrown }, "unexpected error");
    if (response.headersSent) response.destroy();
    else sendError(response, error, trail);
  };

  // An import would also load what only the module's WebSocket needs, Node's own copy of undici: 25 ms and 12 MB.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkEveryMs,
      keepAliveTimeout: 75_000,
      requireHostHeader: false, // Node would refuse without a body
    },
    serve,
  );
  server.maxConnections = options.maxConnections;
  // Where a primary hands connections on, it would try again for ever.
  Object.assign(server, { dropMaxConnection: true });
  server.on("clientError", refuseBytes);
  server.on("connect", refuseTunnel);
  server.on("checkExpectation", serve);

  return {
    async listen(at) {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(at, () => resolve(void server.off("error", reject)));
      });
    },

    get url() {
      return urlOf(server);
    },

    async close(graceMs) {
      isStopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const timer = setTimeout(() => {
        for (const call of running) call.abort(stopping());
      }, graceMs);
      // Nor must one whose client does not read.
      const last = setTimeout(() => server.closeAllConnections(), graceMs + 2_000);
      await closed;
      clearTimeout(timer);
      clearTimeout(last);
    },
  };
}

function stopping(): ApiError {
  return new ApiError(503, "api_error", say.stopping, {
    code: "server_stopping",
    headers: { "retry-after": "1" },
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return address ?? "";
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
