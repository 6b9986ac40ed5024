import { type ApiError, invalidRequest } from "../api/error.ts";
import type { Model, PullRequest } from "../api/models.ts";
import { say } from "../messages/say.ts";
import type { ModelStore, StoreCall } from "../providers/provider.ts";
import type { Models } from "./model.ts";

/** Fetching and removing of models on the user's own machines. Every function throws an ApiError when that fails. */
export interface StoredModels {
  /** Resolves when something comes; yields the model as it is then, until all of it is there. */
  pull(request: PullRequest, signal: AbortSignal): Promise<AsyncIterable<Model>>;
  /** The same until it is in memory. */
  load(request: PullRequest, signal: AbortSignal): Promise<AsyncIterable<Model>>;
  /** Takes the model out of memory. */
  unload(name: string, signal: AbortSignal): Promise<Model>;
  /** Removes the model's files. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}

export function createStoredModels(models: Models): StoredModels {
  /** @throws ApiError 400 for a model that is not kept on a machine of the user's own. */
  const find = (name: string, signal: AbortSignal): { store: ModelStore; call: StoreCall } => {
    const [target, ...others] = models.route(name).targets;
    if (others.some((other) => other.name !== target?.name)) throw severalModels(name);
    const store = target?.provider.store;
    if (!target || !store) throw notStored(name);
    return { store, call: { model: target.model, connection: target.connection, signal } };
  };

  return {
    async pull({ model: name, purpose }, signal) {
      const { store, call } = find(name, signal);
      return named(name, await store.pull({ ...call, ...(purpose !== undefined && { purpose }) }));
    },

    async load({ model: name }, signal) {
      const { store, call } = find(name, signal);
      return named(name, await store.load(call));
    },

    async unload(name, signal) {
      const { store, call } = find(name, signal);
      return { ...(await store.unload(call)), id: name };
    },

    async remove(name, signal) {
      const { store, call } = find(name, signal);
      await store.remove(call);
    },
  };
}

/** Under the name that the client has for it. */
async function* named(id: string, models: AsyncIterable<Model>): AsyncGenerator<Model> {
  for await (const model of models) yield { ...model, id };
}

function notStored(name: string): ApiError {
  const message = say.notStored(name);
  return invalidRequest(message, "model", "not_a_local_model");
}

function severalModels(name: string): ApiError {
  return invalidRequest(say.severalModels(name), "model", "not_a_local_model");
}
