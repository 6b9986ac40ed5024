import type { Model } from "../../api/models.ts";
import type { Activities } from "../../engine/activities.ts";
import type { Engine } from "../../engine/engine.ts";
import { say } from "../../messages/say.ts";
import { EngineError } from "../../engine/errors.ts";
import { PURPOSES, type Purpose } from "../../engine/hub/needed-files.ts";
import { type Defaults, modelStatus, modelStatuses, referenceOf } from "../../engine/model-status.ts";
import type { ModelStore } from "../provider.ts";
import { asApiError } from "./error.ts";
import { modelEntry } from "./models.ts";

export interface LocalStoreParts {
  readonly engine: Engine;
  readonly activities: Activities;
  readonly defaults: Defaults;
}

/** The engine's models, to list, fetch and remove. */
export interface LocalStore extends ModelStore {
  list(): Promise<readonly Model[]>;
  /** One that nobody has heard of is told as absent. */
  find(name: string): Promise<Model>;
}

export function localStore({ engine, activities, defaults }: LocalStoreParts): LocalStore {
  const created = Math.floor(Date.now() / 1000);

  const entry = async (name: string): Promise<Model> =>
    modelEntry(modelStatus(name, await engine.models(), activities.all(), defaults), created);

  /** Resolves with the first news of the work; yields the model with each further one. Who leaves ends the work. */
  const followed = async (
    name: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<AsyncIterable<Model>> => {
    const reference = referenceOf(name, defaults); // throws before there is work whose failure nobody would hear
    const left = new AbortController();
    const working = work(AbortSignal.any([signal, left.signal]));
    const news = newsOf(reference, working, activities);
    await news.next();
    if (news.isOver()) await working; // throws what went wrong at once
    return (async function* () {
      try {
        for (; !news.isOver(); await news.next()) yield await entry(name);
        await working;
        yield await entry(name);
      } catch (thrown) {
        throw asApiError(thrown);
      } finally {
        left.abort();
      }
    })();
  };

  return {
    async list() {
      return modelStatuses(await engine.models(), activities.all(), defaults).map((model) =>
        modelEntry(model, created),
      );
    },

    find: (name) => asked(() => entry(name)),

    pull: ({ model, purpose, signal }) =>
      asked(() => followed(model, signal, (signal) => engine.pull(model, checked(purpose), signal))),

    load: ({ model, signal }) => asked(() => followed(model, signal, (signal) => engine.preload(model, signal))),

    unload: ({ model }) =>
      asked(async () => {
        await engine.unload(model);
        return entry(model);
      }),

    remove: ({ model }) => asked(async () => void (await engine.remove(model))),
  };
}

interface News {
  /** Resolves with the next news, or with those that came since the last were waited for. */
  next(): Promise<void>;
  isOver(): boolean;
}

/** What is told of a model while something is done for it. How it ended is the work's own to tell. */
function newsOf(model: string, working: Promise<unknown>, { listen }: Activities): News {
  let told = Promise.withResolvers<void>();
  let isOver = false;
  const stop = listen((activity) => {
    if (activity.model === model && activity.state !== "failed" && activity.state !== "idle") told.resolve();
  });
  const end = (): void => {
    isOver = true;
    stop();
    told.resolve();
  };
  working.then(end, end);
  return {
    isOver: () => isOver,
    async next() {
      await told.promise;
      told = Promise.withResolvers();
      if (isOver) told.resolve();
    },
  };
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw asApiError(thrown);
  }
}

function checked(purpose: string | undefined): Purpose | undefined {
  const known = PURPOSES.find((known) => known === purpose);
  if (purpose === undefined || known !== undefined) return known;
  throw new EngineError("bad_request", say.wrongValue("purpose", purpose.slice(0, 100), PURPOSES), {
    field: "purpose",
  });
}
