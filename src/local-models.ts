import type { Model } from "./api/models.ts";
import type { Config } from "./config.ts";
import type { Activities, Activity } from "./engine/activities.ts";
import type { Hub } from "./engine/hub/hub.ts";
import { modelStatus, modelStatuses, referenceOf } from "./engine/model-status.ts";
import { parseReference } from "./engine/reference.ts";
import type { LocalModels } from "./gateway/model.ts";
import { createLocalHub } from "./local-engine.ts";
import { EVERY_LANGUAGE } from "./messages/language.ts";
import { huggingface } from "./providers/huggingface/index.ts";
import { asApiError } from "./providers/local/error.ts";
import { modelEntry } from "./providers/local/models.ts";
import { progressText } from "./telemetry/progress.ts";
import type { Child } from "./upstream/child.ts";
import { readText } from "./upstream/read.ts";

/** An engine that is busy is not waited for. */
const ENGINE_TIMEOUT_MS = 1_000;
const PREFIX = `${huggingface.name}/`;

/**
 * The local models as the gateway's process sees them: it asks the engine's process, where that runs, and looks at the
 * disk itself where it does not.
 *
 * @param activities what the engine's process has told.
 */
export function createLocalModels(config: Config, engine: Child, activities: Activities): LocalModels {
  if (config.connections.get(huggingface.name)?.baseUrl !== undefined) return ELSEWHERE;
  const startedAt = Math.floor(Date.now() / 1000);
  let opened: Promise<Hub> | undefined;

  const onDisk = async (): ReturnType<Hub["cached"]> => {
    opened ??= createLocalHub(config, { onProgress: () => undefined, onNotice: () => undefined });
    return (await opened).cached();
  };

  /** What the engine answers; undefined where it does not run, or not in time. */
  const ask = async (path: string): Promise<unknown> => {
    if (!engine.isRunning()) return undefined;
    const headers = { "accept-language": EVERY_LANGUAGE };
    const request = { method: "GET", url: `http://localhost/v1${path}`, headers } as const;
    const response = await engine.send(request, AbortSignal.timeout(ENGINE_TIMEOUT_MS)).catch(() => undefined);
    return response?.status === 200 ? (JSON.parse(await readText(response)) as unknown) : undefined;
  };

  const fromDisk = async (): Promise<readonly Model[]> => {
    const models = modelStatuses(await onDisk(), activities.all(), config.local);
    return models.map((model) => modelEntry(model, startedAt));
  };

  return {
    async list() {
      const answer = (await ask("/models")) as { readonly data: readonly Model[] } | undefined;
      const models = answer?.data ?? (await fromDisk());
      return models.map((model) => (model.id.startsWith("local/") ? model : { ...model, id: PREFIX + model.id }));
    },

    async find(name) {
      const own = ownName(name);
      if (own === undefined) return undefined;
      try {
        if (parseReference(own).kind === "path") return undefined; // the user's own files
        const answer = (await ask(`/models/${encodeURIComponent(own)}`)) as Model | undefined;
        return answer ?? modelEntry(modelStatus(own, await onDisk(), activities.all(), config.local), startedAt);
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },

    waitsFor(name) {
      const own = ownName(name);
      const activity = own === undefined ? undefined : activities.of(referenceOf(own, config.local));
      return activity && activityText(activity);
    },
  };
}

/** Another machine has them, and tells of them itself. */
const ELSEWHERE: LocalModels = {
  list: async () => [],
  find: async () => undefined,
  waitsFor: () => undefined,
};

/** As the engine has it; undefined for another provider's model. */
function ownName(fullName: string): string | undefined {
  return fullName.startsWith(PREFIX) ? fullName.slice(PREFIX.length) : undefined;
}

function activityText(activity: Activity): string | undefined {
  const { model, state, doneBytes = 0, totalBytes = 0 } = activity;
  if (state === "downloading") return progressText({ model, doneBytes, totalBytes });
  return state === "converting" || state === "loading" ? `${state} ${model}` : undefined;
}
