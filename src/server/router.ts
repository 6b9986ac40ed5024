import { ApiError, invalidRequest } from "../api/error.ts";
import { say } from "../messages/say.ts";
import type { Route } from "./exchange.ts";

export interface RouteEntry {
  readonly method: "GET" | "POST" | "DELETE";
  /** Without `/v1`, which may stand before it. One that ends in a slash takes all that is below it. */
  readonly path: string;
  readonly route: Route;
  /** Whether it is served to callers without a key, too. */
  readonly isOpen?: boolean;
}

/** What a URL leads to. */
export interface Found {
  /** Whether callers without a key are served: to all others an unknown path looks like a known one. */
  readonly isOpen: boolean;
  /**
   * The route for a method, and what follows its path. HEAD is served as GET.
   * @throws ApiError 404 for an unknown path, 405 with `Allow` for a known one with another method.
   */
  route(method: string): { readonly route: Route; readonly rest: string };
}

/** @throws ApiError 400 for a path that cannot be decoded. */
export type Router = (url: string) => Found;

export function createRouter(routes: readonly RouteEntry[]): Router {
  const isBelow = ({ path }: RouteEntry): boolean => path !== "/" && path.endsWith("/");
  const exact = Map.groupBy(
    routes.filter((entry) => !isBelow(entry)),
    ({ path }) => path,
  );
  const below = routes.filter(isBelow);

  const entriesOf = (path: string): readonly RouteEntry[] => {
    const found = exact.get(path) ?? (path.endsWith("/") ? exact.get(path.slice(0, -1)) : undefined) ?? [];
    const others = below.filter((entry) => path.startsWith(entry.path) && path.length > entry.path.length);
    return others.length === 0 ? found : [...found, ...others];
  };

  return (url) => {
    const path = pathOf(url);
    const entries = entriesOf(path);
    return {
      isOpen: entries.some((entry) => entry.isOpen === true),
      route(method) {
        if (entries.length === 0) throw unknownPath(method, path);
        const entry = entries.find((candidate) => candidate.method === (method === "HEAD" ? "GET" : method));
        if (!entry) throw wrongMethod(method, path, entries);
        return { route: entry.route, rest: path.slice(entry.path.length) };
      },
    };
  };
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  const raw = query < 0 ? url : url.slice(0, query);
  const path = raw.startsWith("/v1/") && raw !== "/v1/" ? raw.slice(3) : raw;
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidRequest(say.urlMalformed(raw));
  }
}

function unknownPath(method: string, path: string): ApiError {
  return new ApiError(404, "invalid_request_error", say.urlUnknown(method, path.slice(0, 200)), {
    code: "unknown_url",
  });
}

function wrongMethod(method: string, path: string, found: readonly RouteEntry[]): ApiError {
  const allow = found.map((entry) => entry.method).join(", ");
  return new ApiError(405, "invalid_request_error", say.methodNotAllowed(method, path.slice(0, 200), allow), {
    code: "method_not_allowed",
    headers: { allow },
  });
}
