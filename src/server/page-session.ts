import type { IncomingMessage } from "node:http";
import type { Sessions } from "../access/sessions.ts";

/** What the page sends with each call that changes something: no form, and no other page unasked, can send it. */
const PAGE_HEADER = "x-omniport-page";
const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(["GET", "HEAD"]);

/**
 * Whether a request comes from this server's own page, with the session of a user who has shown a key. The cookie alone
 * proves nothing: browsers send it with requests that other pages make, too, such as those on another port of this host.
 */
export function hasSession(request: IncomingMessage, sessions: Sessions): boolean {
  const id = sessionOf(request);
  return id !== undefined && isFromPage(request) && sessions.has(id);
}

/** Whether no other page has made it, as far as browsers tell; and where it may change something, that the page has. */
export function isFromPage(request: IncomingMessage): boolean {
  return isSameOrigin(request) && (SAFE_METHODS.has(request.method) || request.headers[PAGE_HEADER] === "1");
}

/**
 * Browsers tell the origin with all but same-origin GET requests, and `Sec-Fetch-Site` where the connection is secure.
 * Source: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host, "sec-fetch-site": site = "same-origin" } = headers;
  const isOwn = origin === undefined || URL.parse(origin)?.host === host;
  return isOwn && (site === "same-origin" || site === "none");
}

export function sessionOf(request: IncomingMessage): string | undefined {
  const prefix = `${cookieName(request)}=`;
  const cookies = (request.headers.cookie ?? "").split(";").map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}

/** @param maxAgeMs 0: the cookie is to be forgotten. */
export function sessionCookie(request: IncomingMessage, id: string, maxAgeMs: number): string {
  const isSecure = request.headers["x-forwarded-proto"] === "https";
  const age = Math.floor(maxAgeMs / 1000);
  const attributes = ["Path=/", "HttpOnly", "SameSite=Strict", `Max-Age=${age}`, ...(isSecure ? ["Secure"] : [])];
  return [`${cookieName(request)}=${id}`, ...attributes].join("; ");
}

/** Cookies do not tell ports apart: two servers on one machine must not share a name. */
function cookieName({ socket }: IncomingMessage): string {
  return `omniport_session_${socket.localPort ?? 0}`;
}
