import type { Wording } from "../messages/say.ts";
import type { Activity } from "./activities.ts";
import type { Purpose } from "./hub/needed-files.ts";
import { formatReference, parseReference } from "./reference.ts";

/** What can be said of a model's state, in the order in which a first call goes through them. */
type ModelState = "absent" | "downloading" | "converting" | "loading" | "ready" | "loaded" | "failed";

/** A model of this machine, or one that is on its way here. */
export interface ModelStatus {
  /** As a client calls it, without a prefix: `owner/repo:Q8_0`, `local/chat`. */
  readonly name: string;
  /** `ready`: on disk; `loaded`: in memory. */
  readonly state: ModelState;
  /** What a default name stands for. */
  readonly reference?: string;
  readonly purpose?: Purpose;
  /** On disk; 0 where it is not there. */
  readonly bytes: number;
  /** While it is downloaded. */
  readonly doneBytes?: number;
  readonly totalBytes?: number;
  /** While it is loaded: what it takes of the memory, as estimated, and the calls that use it or wait for it. */
  readonly memoryBytes?: number;
  readonly calls?: number;
  /** Why it failed. */
  readonly error?: Wording;
}

/** A model on disk, and whether it is in memory. */
interface KeptModel {
  readonly name: string;
  readonly purpose: Purpose;
  readonly bytes: number;
  readonly loaded?: boolean;
  readonly memoryBytes?: number;
  readonly calls?: number;
}

/** What `local/chat`, `local/tiny` and `local/embed` stand for. */
export interface Defaults {
  readonly chat: string;
  readonly tiny: string;
  readonly embed: string;
}

/**
 * What a model's name stands for, as `formatReference` has it.
 * @throws EngineError `bad_request` for a name that is none.
 */
export function referenceOf(name: string, { chat, tiny, embed }: Defaults): string {
  const reference = { "local/chat": chat, "local/tiny": tiny, "local/embed": embed }[name];
  return formatReference(parseReference(reference ?? name));
}

/** The defaults, what is on disk, and what is on its way there. What has failed is told to who asks for it by its name. */
export function modelStatuses(
  kept: readonly KeptModel[],
  activities: readonly Activity[],
  defaults: Defaults,
): readonly ModelStatus[] {
  const isKept = (asked: string): boolean => kept.some(({ name }) => isSame(name, asked));
  const coming = activities.filter(({ model, state }) => state !== "failed" && !isKept(model));
  const names = [...kept.map(({ name }) => name), ...coming.map(({ model }) => model)];
  return ["local/chat", "local/tiny", "local/embed", ...names].map((name) =>
    modelStatus(name, kept, activities, defaults),
  );
}

/** A model by its name; one that nobody has heard of is absent. */
export function modelStatus(
  name: string,
  kept: readonly KeptModel[],
  activities: readonly Activity[],
  defaults: Defaults,
): ModelStatus {
  const reference = referenceOf(name, defaults);
  const model = kept.find((one) => one.name === reference) ?? kept.find((one) => isSame(one.name, reference));
  const activity = activities.find(({ model }) => isSame(model, reference) || isSame(reference, model));
  const { loaded = false, purpose, bytes = 0, memoryBytes = 0, calls = 0 } = model ?? {};
  const onDisk = model ? "ready" : "absent";
  return {
    name,
    state: loaded ? "loaded" : onDisk,
    ...(name.startsWith("local/") && { reference }),
    bytes,
    ...(purpose && { purpose }),
    ...(loaded && { memoryBytes, calls }),
    ...(!loaded && activity && progress(activity)),
  };
}

/** A name without a quantisation means any. */
function isSame(kept: string, asked: string): boolean {
  const [name, wanted] = [kept.toLowerCase(), asked.toLowerCase()];
  return name === wanted || (!wanted.includes(":") && name.startsWith(`${wanted}:`));
}

function progress({ state, doneBytes, totalBytes, error }: Activity): Partial<ModelStatus> {
  if (state === "idle") return {};
  return {
    state,
    ...(doneBytes !== undefined && { doneBytes }),
    ...(totalBytes !== undefined && { totalBytes }),
    ...(error !== undefined && { error }),
  };
}
