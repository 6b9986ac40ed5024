import { type ReadonlySignal, signal } from "@preact/signals";
import type { LocalModelState, Model, ModelList } from "../../../src/api/models.ts";
import { type ApiFailure, requestJson } from "./request.ts";

/** What the server offers, and how that was learned. */
export interface Offer {
  readonly models: readonly Model[];
  readonly state: "unknown" | "known" | "failed";
  /** Why the last question was not answered. */
  readonly failure?: ApiFailure | Error;
}

/** What changes by itself: a model that is on its way. */
const ON_THE_WAY: ReadonlySet<LocalModelState["state"]> = new Set(["downloading", "converting", "loading"]);
const POLL_MS = 2_000;

const current = signal<Offer>({ models: [], state: "unknown" });
let asking: Promise<void> | undefined;
let nextQuestion: ReturnType<typeof setTimeout> | undefined;

/** All models that the server offers: `GET /v1/models`. One list for the whole page. */
export const offer: ReadonlySignal<Offer> = current;

/** Asks once more; as long as a model is on its way, again and again. Questions at the same time are one. */
export function refreshModels(): Promise<void> {
  asking ??= ask().finally(() => void (asking = undefined));
  return asking;
}

async function ask(): Promise<void> {
  clearTimeout(nextQuestion);
  try {
    const { data } = await requestJson<ModelList>("/v1/models");
    current.value = { models: data, state: "known" };
    if (data.some(isOnTheWay)) nextQuestion = setTimeout(() => void refreshModels(), POLL_MS);
  } catch (thrown) {
    current.value = { ...current.value, state: "failed", failure: asError(thrown) };
  }
}

export function isOnTheWay({ omniport }: Model): boolean {
  return omniport !== undefined && ON_THE_WAY.has(omniport.state);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
