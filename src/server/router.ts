import { ApiError, invalidRequest } from "../api/error.ts";
import type { Route } from "./exchange.ts";

export interface RouteEntry {
  readonly method: "GET" | "POST";
  /** Without `/v1`, which may stand before it. One that ends in a slash takes all that is below it. */
  readonly path: string;
  readonly route: Route;
  /** Whether it is served to callers without a key, too. */
  readonly isOpen?: boolean;
}

export interface Match {
  readonly route: Route;
  readonly rest: string;
}

/**
 * The route of a request. HEAD is served as GET.
 * @throws ApiError 404 for an unknown path, 405 with `Allow` for a known one with another method.
 */
export function match(routes: readonly RouteEntry[], method: string, url: string): Match {
  const path = pathOf(url);
  const found = routes.filter((entry) => covers(entry, path));
  if (found.length === 0) throw unknownPath(method, path);

  const entry = found.find((candidate) => candidate.method === (method === "HEAD" ? "GET" : method));
  if (!entry) throw wrongMethod(method, path, found);
  return { route: entry.route, rest: path.slice(entry.path.length) };
}

/** Whether callers without a key are served: to all others an unknown path looks like a known one. */
export function isOpen(routes: readonly RouteEntry[], url: string): boolean {
  return routes.some((entry) => entry.isOpen === true && covers(entry, pathOf(url)));
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  const raw = query < 0 ? url : url.slice(0, query);
  const path = raw.startsWith("/v1/") ? raw.slice(3) : raw;
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidRequest(`Invalid URL: '${raw}' has a '%' that is not followed by two hexadecimal digits.`);
  }
}

function covers({ path }: RouteEntry, asked: string): boolean {
  if (path.endsWith("/")) return asked.startsWith(path) && asked.length > path.length;
  return asked === path || asked === `${path}/`;
}

function unknownPath(method: string, path: string): ApiError {
  return new ApiError(
    404,
    "invalid_request_error",
    `Unknown request URL: ${method} ${path.slice(0, 200)}. See the documentation for the URLs that are served.`,
    {
      code: "unknown_url",
    },
  );
}

function wrongMethod(method: string, path: string, found: readonly RouteEntry[]): ApiError {
  const allow = found.map((entry) => entry.method).join(", ");
  return new ApiError(
    405,
    "invalid_request_error",
    `Not allowed to ${method} on ${path.slice(0, 200)}. Allowed: ${allow}.`,
    {
      code: "method_not_allowed",
      headers: { allow },
    },
  );
}
