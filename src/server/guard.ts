import type { IncomingMessage } from "node:http";
import { ApiError, invalidRequest } from "../api/error.ts";
import { say } from "../messages/say.ts";

export interface GuardOptions {
  /** Whether clients must send a key: then a page that has none can do no harm, wherever it comes from. */
  readonly needsKey: boolean;
  /** Host names by which the server may be called, besides those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may call; `*` for all. Undefined: pages of this machine, and all where a key is needed. */
  readonly corsOrigins: readonly string[] | undefined;
}

/** Keeps pages that the user happens to have open from spending the user's keys. */
export interface Guard {
  /** @throws ApiError 403 for a host or an origin that may not call, 400 where no host is named. */
  admit(request: IncomingMessage): void;
  /** The CORS headers of the answer to a request that was admitted. */
  headers(request: IncomingMessage): Readonly<Record<string, string>>;
}

export function createGuard({ needsKey, allowedHosts, corsOrigins }: GuardOptions): Guard {
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const allOrigins = corsOrigins ? corsOrigins.includes("*") : needsKey;

  const isOriginAllowed = (origin: string): boolean =>
    allOrigins || (corsOrigins ? corsOrigins.includes(origin) : isLocalOrigin(origin));

  return {
    admit({ httpVersion, headers: { host, origin } }) {
      if (host === undefined && httpVersion !== "1.0") throw invalidRequest(say.hostMissing);
      // A name of an attacker's that leads to this machine (DNS rebinding) makes any page one of "our own" origin.
      if (!needsKey && host !== undefined && !isLocalHost(host) && !hosts.has(hostname(host))) throw wrongHost(host);
      // A browser sends the origin even where it asks no leave first, as for a plain form.
      if (origin !== undefined && !isOriginAllowed(origin)) throw wrongOrigin(origin);
    },

    headers({ method, headers: asked }) {
      const { origin } = asked;
      if (origin === undefined || !isOriginAllowed(origin)) return {};
      return {
        "access-control-allow-origin": allOrigins ? "*" : origin,
        "access-control-expose-headers": "*",
        vary: "Origin",
        ...(method === "OPTIONS" && {
          "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
          "access-control-allow-headers": asked["access-control-request-headers"] ?? "*",
          "access-control-allow-private-network": "true",
          "access-control-max-age": "7200",
        }),
      };
    },
  };
}

function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopbackName(hostname(new URL(origin).host));
}

/** Names that no stranger can make lead here: loopback, addresses, and names without a dot. */
function isLocalHost(host: string): boolean {
  const name = hostname(host);
  return isLoopbackName(name) || isAddress(name) || !name.includes(".");
}

function isLoopbackName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function isAddress(name: string): boolean {
  return name.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(name);
}

/** A `Host` header's value without the port. */
function hostname(host: string): string {
  return host.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
}

function wrongHost(host: string): ApiError {
  const message = say.hostNotAllowed(host.slice(0, 100));
  return new ApiError(403, "permission_error", message, { code: "host_not_allowed" });
}

function wrongOrigin(origin: string): ApiError {
  const message = say.originNotAllowed(origin.slice(0, 100));
  return new ApiError(403, "permission_error", message, { code: "origin_not_allowed" });
}
