import type { Model } from "../../../src/api/models.ts";
import { shownName } from "../models/kept.ts";
import { bytes } from "../text/format.ts";
import type { Answer } from "./conversation.ts";

const STATES = ["downloading", "converting", "loading"] as const;

/** What an answer has to wait for, as far as the server says. */
export interface Wait {
  readonly state: (typeof STATES)[number];
  readonly model: string;
  /** While it is downloaded: between 0 and 1, and of how much (`98 MB`). */
  readonly share?: number;
  readonly total?: string;
}

/** @param comment between a stream's events: `downloading owner/repo: 45 % of 98 MB`, `loading owner/repo`. */
export function readWait(comment: string): Wait | undefined {
  const [, word, model = "", percent, total] =
    /^(downloading|converting|loading) (\S+?)(?:: (\d+) % of (.+))?$/.exec(comment) ?? [];
  const state = STATES.find((known) => known === word);
  if (state === undefined) return undefined;
  return {
    state,
    model,
    ...(percent !== undefined && { share: Number(percent) / 100 }),
    ...(total !== undefined && { total }),
  };
}

/**
 * What an answer waits for: by the list of models, which is asked more often than the stream tells, else by its stream;
 * or another model of this machine, which is fetched in its place.
 */
export function waitOf({ model, waitsFor = "" }: Answer, models: readonly Model[]): Wait | undefined {
  const asked = models.find(({ id, omniport }) => id === model && omniport !== undefined);
  if (!asked) return readWait(waitsFor);
  return stateOf(asked) ?? readWait(waitsFor) ?? models.map(stateOf).find((wait) => wait !== undefined);
}

function stateOf({ id, omniport }: Model): Wait | undefined {
  const state = STATES.find((known) => known === omniport?.state);
  if (!omniport || state === undefined) return undefined;
  const { reference = shownName(id), done_bytes: done = 0, total_bytes: total = 0 } = omniport;
  return { state, model: reference, ...(total > 0 && { share: done / total, total: bytes(total) }) };
}
