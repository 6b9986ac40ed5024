import type {
  AdminProviders,
  CallDetails,
  CallOutcome,
  CallPage,
  CallSummary,
  SuggestedModels,
  TrafficStats,
} from "../../../src/api/admin.ts";
import { readEvents } from "./events.ts";
import { requestJson, send } from "./request.ts";

/** Which calls are wanted. */
export interface CallFilter {
  readonly model?: string | undefined;
  readonly outcome?: CallOutcome | undefined;
}

export function providers(signal: AbortSignal): Promise<AdminProviders> {
  return requestJson("/admin/providers", { signal });
}

export function suggestions(signal: AbortSignal): Promise<SuggestedModels> {
  return requestJson("/admin/suggestions", { signal });
}

export function stats(span: TrafficStats["span"], signal: AbortSignal): Promise<TrafficStats> {
  return requestJson(`/admin/stats?span=${span}`, { signal });
}

/** @param before where the page begins, as the one before it said; undefined: at the newest call. */
export function calls(
  { model, outcome }: CallFilter,
  before: number | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<CallPage> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (model !== undefined && model !== "") query.set("model", model);
  if (outcome !== undefined) query.set("outcome", outcome);
  if (before !== undefined) query.set("before", String(before));
  return requestJson(`/admin/calls?${query}`, { signal });
}

export function callDetails(requestId: string, signal: AbortSignal): Promise<CallDetails> {
  return requestJson(`/admin/calls/${encodeURIComponent(requestId)}`, { signal });
}

/** Every call from now on, when it is over. Ends when the server does. */
export async function* liveCalls(signal: AbortSignal): AsyncGenerator<CallSummary> {
  const { body } = await send("/admin/calls/live", { signal });
  for await (const event of readEvents(body ?? new ReadableStream())) {
    if (event.kind === "data" && event.data !== "[DONE]") yield JSON.parse(event.data) as CallSummary;
  }
}
