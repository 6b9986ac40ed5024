import type { Wording } from "../messages/say.ts";

/** What is being done for a model that is not in memory yet, or why that failed. */
export interface Activity {
  /** As `formatReference` has it: `owner/repo:Q8_0`. */
  readonly model: string;
  /** `idle`: nothing is done any more. */
  readonly state: "downloading" | "converting" | "loading" | "failed" | "idle";
  /** While it is downloaded. */
  readonly doneBytes?: number;
  readonly totalBytes?: number;
  /** Why it failed, made for users. */
  readonly error?: Wording;
}

/** The latest activity of each model. */
export interface Activities {
  tell(activity: Activity): void;
  of(model: string): Activity | undefined;
  all(): readonly Activity[];
  /** Calls the listener with each activity that is told. @returns what ends that. */
  listen(listener: (activity: Activity) => void): () => void;
  clear(): void;
}

/** Failures stay until the next attempt; of more models than this the oldest are forgotten. */
const MAX_MODELS = 200;

export function createActivities(): Activities {
  const latest = new Map<string, Activity>();
  const listeners = new Set<(activity: Activity) => void>();

  return {
    tell(activity) {
      latest.delete(activity.model);
      if (activity.state !== "idle") latest.set(activity.model, activity);
      const oldest = latest.keys().next();
      if (latest.size > MAX_MODELS && !oldest.done) latest.delete(oldest.value);
      for (const listener of listeners) listener(activity);
    },
    of: (model) => latest.get(model),
    all: () => [...latest.values()],
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => latest.clear(),
  };
}
