import type { Said } from "../refusal.ts";

/** What MiniMax's own numbers mean, as statuses. Source: https://platform.minimax.io/docs/api-reference/errorcode */
const STATUSES: Readonly<Record<number, number>> = {
  1000: 502,
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1013: 502,
  1024: 502,
  1026: 400,
  1027: 400,
  1033: 502,
  1039: 429,
  1041: 429,
  1042: 400,
  2013: 400,
  2045: 429,
  2049: 401,
  // The plan's hours are used up: like a balance, nothing that another try would change.
  2056: 402,
  20132: 400,
};

/** The number of an answer that MiniMax keeps back because of what stands in it. */
export const OUTPUT_SENSITIVE = 1027;
const INPUT_SENSITIVE = 1026;

interface ErrorBody {
  readonly base_resp?: { readonly status_code?: number; readonly status_msg?: string } | null;
  readonly error?: { readonly type?: string; readonly message?: string; readonly http_code?: string } | null;
}

/** The number stands in `base_resp`, or in brackets at the end of the message; HTTP's status may be 200 or 500. */
export function said(body: string): Said & { readonly status?: number } {
  const { base_resp, error } = parsed(body);
  const message = error?.message ?? base_resp?.status_msg;
  const number = Number(base_resp?.status_code || /\((\d{4,5})\)\s*$/.exec(message ?? "")?.[1]);
  const isSensitive = number === INPUT_SENSITIVE || number === OUTPUT_SENSITIVE;
  const status = STATUSES[number] ?? statusOf(error?.http_code);
  return {
    message,
    type: error?.type,
    code: isSensitive ? "content_policy_violation" : Number.isNaN(number) ? undefined : String(number),
    ...(status !== undefined && { status }),
  };
}

function statusOf(httpCode: string | undefined): number | undefined {
  const status = Number(httpCode);
  return status >= 400 ? status : undefined;
}

function parsed(body: string): ErrorBody {
  try {
    return Object(JSON.parse(body)) as ErrorBody;
  } catch {
    return {}; // a proxy's page: the status has to say it all
  }
}
