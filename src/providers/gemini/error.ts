import type { Wire } from "../http-provider.ts";
import type { Plan } from "./request.ts";
import type { ErrorBody, ErrorDetail } from "./wire.ts";

/**
 * What Gemini said of a call that it refused. A wrong key comes as a 400; a limit says in its details when to come back,
 * or that it holds for the day, so that coming back is of no use.
 * Source: https://ai.google.dev/gemini-api/docs/troubleshooting
 */
export function said(body: string): ReturnType<Wire<Plan>["said"]> {
  const { error } = read(body);
  if (!error) return {};
  const details = error.details ?? [];
  const reason = details.find((detail) => detail.reason)?.reason;
  const seconds = retryAfterSeconds(details);
  return {
    ...(error.message && { message: error.message }),
    ...((reason ?? error.status) && { code: (reason ?? error.status ?? "").toLowerCase() }),
    ...(reason === "API_KEY_INVALID" && { status: 401 }),
    ...(seconds !== undefined && { retryAfterSeconds: seconds, isTransient: true }),
  };
}

/** The error may stand in an array, as streams without `alt=sse` have it. */
function read(body: string): ErrorBody {
  try {
    const value: unknown = JSON.parse(body);
    return Object(Array.isArray(value) ? value[0] : value) as ErrorBody;
  } catch {
    return {}; // a page of some proxy
  }
}

function retryAfterSeconds(details: readonly ErrorDetail[]): number | undefined {
  const isForTheDay = details.some(({ violations }) => violations?.some(({ quotaId }) => quotaId?.includes("PerDay")));
  const delay = details.find((detail) => detail.retryDelay)?.retryDelay;
  const seconds = Math.ceil(Number.parseFloat(delay ?? ""));
  return Number.isFinite(seconds) && !isForTheDay ? seconds : undefined;
}
