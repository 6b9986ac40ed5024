import { EngineError } from "../errors.ts";

interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Asked {
  readonly endpoint: string;
  readonly repo: string;
  readonly hasToken: boolean;
}

/** Who has no token is told so with a 401, for missing repositories too; a token that is wrong is told so in these words. */
const WRONG_TOKEN = "Invalid credentials in Authorization header";

/**
 * What the hub means by an answer that is none: it says so in the header `x-error-code`.
 * Source: `hf_raise_for_status` of huggingface_hub.
 */
export function refusal({ status, headers }: Refused, body: string, asked: Asked): EngineError {
  const code = headers["x-error-code"];
  const message = String(headers["x-error-message"] ?? body.slice(0, 200)).trim();
  if (code === "GatedRepo") return gated(asked);
  if (code === "RevisionNotFound") return notFound(`'${asked.repo}' has no such revision: ${message}.`);
  if (code === "EntryNotFound") return notFound(`'${asked.repo}' has no such file: ${message}.`);
  if (status === 401 && (message.includes(WRONG_TOKEN) || (asked.hasToken && code === undefined)))
    return badToken(asked);
  if (status === 401 || status === 404) return noRepo(asked);
  if (status === 403 && (code !== undefined || headers["x-error-message"] !== undefined))
    return new EngineError("gated", `${asked.endpoint} does not give out '${asked.repo}': ${message}.`);
  return new EngineError(
    "no_network",
    `${asked.endpoint} answered ${status} for '${asked.repo}'${message === "" ? "" : `: ${message}`}. Try again later, or check HF_ENDPOINT and the proxy.`,
  );
}

function gated({ endpoint, repo, hasToken }: Asked): EngineError {
  const then = hasToken
    ? "The token in HF_TOKEN belongs to an account without access"
    : "Then set HF_TOKEN to a token of that account";
  return new EngineError("gated", `'${repo}' is gated: accept its licence at ${endpoint}/${repo} first. ${then}.`);
}

function badToken({ endpoint }: Asked): EngineError {
  return new EngineError(
    "bad_token",
    `${endpoint} refused the token in HF_TOKEN. Make a new one at ${endpoint}/settings/tokens, or remove the variable: public models need none.`,
  );
}

function noRepo({ endpoint, repo, hasToken }: Asked): EngineError {
  const hint = hasToken ? "or the token in HF_TOKEN may not see it" : "or it is private and needs HF_TOKEN";
  return notFound(`There is no model '${repo}' at ${endpoint}: its name is written differently, ${hint}.`);
}

function notFound(message: string): EngineError {
  return new EngineError("model_not_found", message);
}
