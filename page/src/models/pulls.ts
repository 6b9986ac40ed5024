import { type ReadonlySignal, signal } from "@preact/signals";
import type { LocalModelState } from "../../../src/api/models.ts";
import { fetchModel } from "../api/local-models.ts";
import { refreshModels } from "../api/models.ts";
import { rateOf, type Sample } from "./rate.ts";

/** A model that the user has asked for here. */
export interface Pull {
  /** As it was asked for. */
  readonly model: string;
  /** To its files alone, or until it is in memory. */
  readonly how: "pull" | "load";
  /** As the server told last; undefined until its turn comes. */
  readonly progress?: LocalModelState;
  readonly bytesPerSecond?: number;
  /** Why it ended. */
  readonly failure?: Error;
  readonly isDone?: boolean;
}

/** A browser opens six connections to a server: some must be left for all else. */
const MAX_RUNNING = 2;

const current = signal<readonly Pull[]>([]);
const running = new Map<string, AbortController>();

/** All that were asked for and are not dismissed, in that order. They go on while other views are shown. */
export const pulls: ReadonlySignal<readonly Pull[]> = current;

/** Fetches a model, or loads it, too. One that failed is tried once more; it goes on where it stopped. */
export function startPull(model: string, how: Pull["how"]): void {
  if (running.has(model)) return;
  current.value = [...without(model), { model, how }];
  startNext();
}

/** Ends the download, or takes what has ended off the list. What has come is kept on the disk. */
export function endPull(model: string): void {
  running.get(model)?.abort();
  running.delete(model);
  current.value = without(model);
  startNext();
}

function startNext(): void {
  const next = current.value.find(({ model, failure, isDone }) => !running.has(model) && !failure && isDone !== true);
  if (!next || running.size >= MAX_RUNNING) return;
  void run(next);
  startNext();
}

async function run({ model, how }: Pull): Promise<void> {
  const call = new AbortController();
  running.set(model, call);
  try {
    const samples: Sample[] = [];
    for await (const { omniport } of fetchModel(how, { model }, call.signal)) {
      if (omniport) tell(model, { progress: omniport, ...rateOf(samples, omniport.done_bytes, performance.now()) });
    }
    tell(model, { isDone: true });
  } catch (thrown) {
    if (!call.signal.aborted) tell(model, { failure: thrown instanceof Error ? thrown : new Error(String(thrown)) });
  } finally {
    if (running.get(model) === call) running.delete(model);
    startNext();
    void refreshModels();
  }
}

function tell(model: string, news: Partial<Pull>): void {
  current.value = current.value.map((pull) => (pull.model === model ? { ...pull, ...news } : pull));
}

function without(model: string): readonly Pull[] {
  return current.value.filter((pull) => pull.model !== model);
}
