import type { CallDetails, CallOutcome, CallPage, CallSummary, Recording, TrafficStats } from "../../api/admin.ts";
import { ApiError, invalidRequest } from "../../api/error.ts";
import { say } from "../../messages/say.ts";
import { Json } from "../../api/json.ts";
import type { Traffic } from "../../store/traffic/traffic.ts";
import { wrongValue } from "../check.ts";
import type { Exchange, Route } from "../exchange.ts";
import { sendJson } from "../reply.ts";
import { EVENTS_HEAD } from "../event-writer.ts";
import { sendEvents } from "../sse.ts";
import type { AdminParts } from "./admin.ts";

type TrafficParts = Pick<AdminParts, "traffic" | "recordContent" | "keepAliveMs">;

const OUTCOMES = ["complete", "failed", "aborted"] as const satisfies readonly CallOutcome[];
const SPANS = ["hour", "day"] as const;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** `GET /admin/calls?before=&limit=&model=&outcome=`: the newest first. */
export function callList(parts: TrafficParts): Route {
  return async (exchange) => {
    const query = queryOf(exchange);
    const before = wholeNumber(query, "before", Number.MAX_SAFE_INTEGER);
    const model = query.get("model") || undefined;
    const outcome = oneOf(query, "outcome", OUTCOMES);
    const found = await parts.traffic
      ?.calls({
        limit: wholeNumber(query, "limit", MAX_LIMIT) ?? DEFAULT_LIMIT,
        ...(before !== undefined && { before }),
        ...(model !== undefined && { model }),
        ...(outcome !== undefined && { outcome }),
      })
      .catch(unreadable);
    const page: CallPage = { ...(found ?? { data: [], next: null }), recording: recordingOf(parts) };
    sendJson(exchange.response, 200, JSON.stringify(page));
  };
}

/** `GET /admin/calls/{request_id}` */
export function callById(parts: TrafficParts): Route {
  return async ({ response, rest }) => {
    const found = await required(parts).call(rest).catch(unreadable);
    if (!found) throw noSuchCall(rest);
    const details: CallDetails = { ...found, recording: recordingOf(parts) };
    sendJson(response, 200, JSON.stringify(details));
  };
}

/** `GET /admin/calls/live`: calls as they end, one an event. */
export function liveCalls(parts: TrafficParts): Route {
  return async ({ response, signal }) => {
    const calls = events(required(parts).live.watch(signal));
    response.writeHead(200, EVENTS_HEAD).flushHeaders(); // the first call may take its time
    await sendEvents(response, Promise.resolve(calls), { signal, keepAliveMs: parts.keepAliveMs });
  };
}

/** `GET /admin/stats?span=hour|day` */
export function trafficStats(parts: TrafficParts): Route {
  return async (exchange) => {
    const span = oneOf(queryOf(exchange), "span", SPANS) ?? "hour";
    const found = await required(parts).stats(span).catch(unreadable);
    const stats: TrafficStats = { ...found, recording: recordingOf(parts) };
    sendJson(exchange.response, 200, JSON.stringify(stats));
  };
}

async function* events(batches: AsyncIterable<readonly CallSummary[]>): AsyncGenerator<readonly Json<CallSummary>[]> {
  for await (const batch of batches) yield batch.map((call) => Json.fromValue(call));
}

function recordingOf({ traffic, recordContent }: TrafficParts): Recording {
  return { calls: traffic !== undefined, content: traffic !== undefined && recordContent };
}

function required({ traffic }: TrafficParts): Traffic {
  if (traffic) return traffic;
  const message = say.trafficOff;
  throw new ApiError(404, "invalid_request_error", message, { code: "traffic_off" });
}

function queryOf({ request }: Exchange): URLSearchParams {
  return new URLSearchParams(request.url?.split("?")[1]);
}

/** From 1; undefined where it is not given. */
function wholeNumber(query: URLSearchParams, name: string, max: number): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= max) return number;
  throw invalidRequest(say.noWholeNumber(name, text.slice(0, 50), max), name, "invalid_value");
}

function oneOf<T extends string>(query: URLSearchParams, name: string, values: readonly T[]): T | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const known = values.find((value) => value === text);
  if (known === undefined) throw wrongValue(name, text, values);
  return known;
}

function unreadable(cause: unknown): never {
  const message = say.trafficUnreadable;
  throw new ApiError(503, "api_error", message, { code: "traffic_unavailable", cause });
}

function noSuchCall(requestId: string): ApiError {
  const message = say.callUnknown(requestId.slice(0, 128));
  return new ApiError(404, "invalid_request_error", message, { code: "call_not_found" });
}
