import { say, type Wording } from "../../messages/say.ts";
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
  if (code === "RevisionNotFound") return notFound(say.noRevision(asked.repo, message));
  if (code === "EntryNotFound") return notFound(say.noFile(asked.repo, message));
  if (status === 401 && (message.includes(WRONG_TOKEN) || (asked.hasToken && code === undefined)))
    return badToken(asked);
  if (status === 401 || status === 404) return noRepo(asked);
  if (status === 403 && (code !== undefined || headers["x-error-message"] !== undefined))
    return new EngineError("gated", say.notGivenOut(asked.endpoint, asked.repo, message));
  return new EngineError("no_network", say.hubStatus(asked.endpoint, status, asked.repo, message));
}

function gated({ endpoint, repo, hasToken }: Asked): EngineError {
  return new EngineError("gated", say.gated(endpoint, repo, hasToken));
}

function badToken({ endpoint }: Asked): EngineError {
  return new EngineError("bad_token", say.tokenRefused(endpoint));
}

function noRepo({ endpoint, repo, hasToken }: Asked): EngineError {
  return notFound(say.noRepo(endpoint, repo, hasToken));
}

function notFound(message: Wording): EngineError {
  return new EngineError("model_not_found", message);
}
