import type { CallPage, CallSummary } from "../../../src/api/admin.ts";
import type { CallFilter } from "../api/admin.ts";

/** The calls that are listed, the newest first. */
export interface Feed {
  readonly calls: readonly CallSummary[];
  /** Where the next, older page begins; null at the end. */
  readonly next: number | null;
}

/** More than that are not gathered while the list grows at its top: it begins anew with the latest page. */
export const MAX_LIVE = 200;

/** The page at the top, with those on it that came meanwhile and that it does not have yet. */
export function withNewest(page: CallPage, meanwhile: readonly CallSummary[]): Feed {
  return meanwhile.toReversed().reduce(withLive, { calls: page.data, next: page.next });
}

/** A call that is just over, on top; one that is there already is not added. */
export function withLive(feed: Feed, call: CallSummary): Feed {
  return feed.calls.some((known) => isSame(known, call)) ? feed : { ...feed, calls: [call, ...feed.calls] };
}

/** The next, older page below. */
export function withOlder(feed: Feed, page: CallPage): Feed {
  const unknown = page.data.filter((call) => !feed.calls.some((known) => isSame(known, call)));
  return { calls: [...feed.calls, ...unknown], next: page.next };
}

/** As the server itself filters. */
export function fits(call: CallSummary, { model, outcome }: CallFilter): boolean {
  const isModel = model === undefined || model === "" || call.model === model || call.target === model;
  return isModel && (outcome === undefined || call.outcome === outcome);
}

/** Of the same id there may be several: clients may choose theirs. */
function isSame(a: CallSummary, b: CallSummary): boolean {
  return a.request_id === b.request_id && a.at === b.at;
}
