import type { AdminSession } from "../../api/admin.ts";
import { ApiError } from "../../api/error.ts";
import { say } from "../../messages/say.ts";
import { required, string } from "../check.ts";
import { keyOf } from "../client-key.ts";
import type { Exchange, Route } from "../exchange.ts";
import { hasSession, isFromPage, sessionCookie, sessionOf } from "../page-session.ts";
import { readJson } from "../read.ts";
import { sendJson } from "../reply.ts";
import type { AdminParts } from "./admin.ts";

type SessionParts = Pick<AdminParts, "access" | "sessions" | "version" | "maxBodyBytes">;

const LANGUAGES = ["en", "zh-TW"];

/** `GET /admin/session`: whether a key is needed, and whether this browser has shown one. */
export function tellSession(parts: SessionParts): Route {
  return async (exchange) => tell(parts, exchange, isSignedIn(parts, exchange));
}

/**
 * `POST /admin/session` with `{"key": …}`: a key for a session, in a cookie that no script can read.
 * @throws ApiError 401 for a wrong key.
 */
export function openSession(parts: SessionParts): Route {
  return async (exchange) => {
    const { request, response } = exchange;
    requirePage(exchange);
    const { value } = await readJson(request, parts.maxBodyBytes);
    required(value, "key");
    string(value, "key");
    parts.access.admit(String(value["key"]));
    const { sessions } = parts;
    response.setHeader("set-cookie", sessionCookie(request, sessions.open(), sessions.maxAgeMs));
    tell(parts, exchange, true);
  };
}

/** `DELETE /admin/session` */
export function closeSession(parts: SessionParts): Route {
  return async (exchange) => {
    const { request, response } = exchange;
    requirePage(exchange);
    const id = sessionOf(request);
    if (id !== undefined) parts.sessions.close(id);
    response.setHeader("set-cookie", sessionCookie(request, "", 0));
    tell(parts, exchange, !parts.access.needsKey);
  };
}

function isSignedIn({ access, sessions }: SessionParts, { request }: Exchange): boolean {
  if (hasSession(request, sessions)) return true;
  try {
    access.admit(keyOf(request));
    return true;
  } catch {
    return false; // which is the answer
  }
}

function tell({ access, version }: SessionParts, { response }: Exchange, signedIn: boolean): void {
  const { needsKey } = access;
  const session: AdminSession = { needs_key: needsKey, signed_in: signedIn, version, languages: LANGUAGES };
  sendJson(response, 200, JSON.stringify(session));
}

function requirePage({ request }: Exchange): void {
  if (isFromPage(request)) return;
  throw new ApiError(403, "permission_error", say.pageHeaderMissing, {
    code: "page_header_missing",
  });
}
