import type { ApiError } from "../../api/error.ts";
import type { Translations } from "../../messages/say.ts";
import { refusal, type Said } from "../refusal.ts";

/**
 * A service's refusal in OpenAI's words. The body may be any of the shapes that compatible servers send: `error` as an
 * object or a string, `message`, `detail` as a string or a list, or no JSON at all.
 */
export function error(
  title: string,
  secrets: readonly string[],
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): ApiError {
  return refusal(title, secrets, status, said(body), headers);
}

/** The status that an answer with status 200 should have had, where its body is an error; else undefined. */
export function errorIn(body: object): number | undefined {
  const fields = body as { error?: unknown; object?: unknown; code?: unknown };
  if (fields.error == null && fields.object !== "error") return undefined;
  const inner = typeof fields.error === "object" ? (fields.error as { code?: unknown; status?: unknown }) : fields;
  const stated = Number((inner as { status?: unknown }).status ?? inner?.code);
  if (stated >= 400 && stated < 600) return stated;
  const { type, code } = said(JSON.stringify(body));
  if (/auth|api_key/i.test(`${type} ${code}`)) return 401;
  if (/rate_limit/i.test(`${type} ${code}`)) return 429;
  if (/invalid|validation|bad_request/i.test(`${type} ${code}`)) return 400;
  if (/overloaded|unavailable/i.test(`${type} ${code}`)) return 503;
  return 502;
}

/** What a body says of the call that it refuses. */
export function said(body: string): Said {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // A proxy's page or plain text: the status has to say it all.
    return { message: plainText(body), type: undefined, code: undefined, param: undefined };
  }
  if (typeof json === "string") return { message: json, type: undefined, code: undefined, param: undefined };
  const outer = Object(Array.isArray(json) ? json[0] : json) as Record<string, unknown>;
  const inner =
    typeof outer["error"] === "object" && outer["error"] ? (outer["error"] as Record<string, unknown>) : outer;
  return {
    message: string(inner["message"]) ?? string(outer["error"]) ?? string(outer["message"]) ?? detail(outer["detail"]),
    translations: translations(inner["translations"]),
    type: string(inner["type"]) ?? string(outer["error_type"]),
    code: string(inner["code"]),
    param: string(inner["param"]) ?? detailPath(outer["detail"]),
  };
}

function string(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Another Omniport's message in the languages that it speaks, too. */
function translations(value: unknown): Translations | undefined {
  const text = string(Object(value)["zh-TW"]);
  return text === undefined ? undefined : { "zh-TW": text };
}

/** FastAPI's and Mistral's `detail`: a text, or a list of `{loc, msg}`. */
function detail(value: unknown): string | undefined {
  if (!Array.isArray(value)) return string(value);
  const problems = value as readonly { loc?: readonly unknown[]; msg?: unknown }[];
  return problems.map(({ loc, msg }) => `${(loc ?? []).join(".")}: ${String(msg)}`).join("; ");
}

function detailPath(value: unknown): string | undefined {
  const [first] = Array.isArray(value) ? (value as readonly { loc?: readonly unknown[] }[]) : [];
  return first?.loc?.filter((part) => part !== "body").join(".");
}

/** A short plain text is worth showing; a page of HTML is not. */
function plainText(body: string): string | undefined {
  const text = body.trim();
  return text !== "" && text.length <= 500 && !text.startsWith("<") ? text : undefined;
}
