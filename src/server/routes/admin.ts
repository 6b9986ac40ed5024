import type { Access } from "../../access/keys.ts";
import type { Sessions } from "../../access/sessions.ts";
import type { AdminProviders, SuggestedModels } from "../../api/admin.ts";
import { ApiError } from "../../api/error.ts";
import { say } from "../../messages/say.ts";
import type { ProviderStates } from "../../gateway/provider-states.ts";
import type { Traffic } from "../../store/traffic/traffic.ts";
import type { Route } from "../exchange.ts";
import { isSameOrigin } from "../page-session.ts";
import { sendJson } from "../reply.ts";
import type { RouteEntry } from "../router.ts";
import { SUGGESTED_MODELS } from "../suggested-models.ts";
import { closeSession, openSession, tellSession } from "./admin-session.ts";
import { callById, callList, liveCalls, trafficStats } from "./admin-traffic.ts";

export interface AdminParts {
  /** Whether they are served: not to a network whose callers need no key. */
  readonly isOn: boolean;
  readonly access: Access;
  readonly sessions: Sessions;
  readonly providers: ProviderStates;
  /** Undefined where calls are not recorded. */
  readonly traffic: Traffic | undefined;
  /** Whether what is said is recorded. */
  readonly recordContent: boolean;
  readonly version: string;
  readonly maxBodyBytes: number;
  readonly keepAliveMs: number;
}

/** What the page at `/` asks besides OpenAI's routes. Nothing in it is for other pages, also not for those of this machine. */
export function adminRoutes(parts: AdminParts): readonly RouteEntry[] {
  if (!parts.isOn) {
    const methods = ["GET", "POST", "DELETE"] as const;
    return methods.map((method) => ({ method, path: "/admin/", route: off, isOpen: true }));
  }
  const routes: readonly RouteEntry[] = [
    { method: "GET", path: "/admin/session", route: tellSession(parts), isOpen: true },
    { method: "POST", path: "/admin/session", route: openSession(parts), isOpen: true },
    { method: "DELETE", path: "/admin/session", route: closeSession(parts), isOpen: true },
    { method: "GET", path: "/admin/providers", route: providerList(parts) },
    { method: "GET", path: "/admin/suggestions", route: suggestions },
    { method: "GET", path: "/admin/stats", route: trafficStats(parts) },
    { method: "GET", path: "/admin/calls", route: callList(parts) },
    { method: "GET", path: "/admin/calls/live", route: liveCalls(parts) },
    { method: "GET", path: "/admin/calls/", route: callById(parts) },
  ];
  return routes.map((entry) => ({ ...entry, route: forOwnPage(entry.route) }));
}

/** `GET /admin/providers` */
function providerList({ providers }: AdminParts): Route {
  return async ({ response, signal }) => {
    const answer: AdminProviders = { data: await providers(signal) };
    sendJson(response, 200, JSON.stringify(answer));
  };
}

/** `GET /admin/suggestions` */
const suggestions: Route = async ({ response }) => {
  const answer: SuggestedModels = { data: SUGGESTED_MODELS };
  sendJson(response, 200, JSON.stringify(answer));
};

function forOwnPage(route: Route): Route {
  return async (exchange) => {
    if (!isSameOrigin(exchange.request)) throw otherPage(exchange.request.headers.origin);
    exchange.response.setHeader("cache-control", "no-store");
    await route(exchange);
  };
}

const off: Route = async () => {
  const message = say.adminOff;
  throw new ApiError(404, "invalid_request_error", message, { code: "admin_off" });
};

function otherPage(origin: string | undefined): ApiError {
  const message = say.otherPage(origin?.slice(0, 100));
  return new ApiError(403, "permission_error", message, { code: "origin_not_allowed" });
}
