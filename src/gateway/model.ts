import { ApiError, missingKey, modelNotFound } from "../api/error.ts";
import type { Model } from "../api/models.ts";
import { nearest } from "../api/nearest.ts";
import type { Connection, Provider } from "../providers/provider.ts";

/** Who answers a call, and under which name the model is known there. */
export interface Target {
  readonly provider: Provider;
  readonly model: string;
  readonly connection: Connection;
}

/** How a provider can be reached; `baseUrl` is missing where only the user could know it and has not said so. */
export type ProviderConnection = Omit<Connection, "baseUrl"> & {
  readonly baseUrl: string | undefined;
  /** The environment variables that may hold the key, the one to name first. */
  readonly keyVariables: readonly string[];
  /** Whether the user has set a key or an address: such a provider's models are listed. */
  readonly isConfigured: boolean;
};

export interface ModelsOptions {
  readonly providers: readonly Provider[];
  /** By the provider's name. */
  readonly connections: ReadonlyMap<string, ProviderConnection>;
  /** From a name of the user's own to a model's name. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Names of the models that are on this machine. */
  readonly localModels: () => Promise<readonly string[]>;
}

export interface Models {
  /** @throws ApiError 404 for a name that leads nowhere, 401 where the provider's key is missing. */
  target(name: string): Target;
  /** All that can be called now, as far as the providers tell. */
  list(signal: AbortSignal): Promise<readonly Model[]>;
  /** @throws ApiError 404 when the provider's own list does not have it. */
  find(name: string, signal: AbortSignal): Promise<Model>;
}

const LIST_TIMEOUT_MS = 5_000;
const LIST_FRESH_MS = 5 * 60_000;
const FAILED_LIST_FRESH_MS = 30_000;

/** Names → targets: aliases first, then prefixes (`openai/…`), then the names that need none (`gpt-4o`). */
export function createModels({ providers, connections, aliases, localModels }: ModelsOptions): Models {
  const byPrefix = new Map(providers.flatMap((p) => [p.name, ...(p.aliases ?? [])].map((prefix) => [prefix, p])));
  const lists = new Map<string, { readonly models: Promise<readonly Model[] | undefined>; readonly until: number }>();
  const startedAt = Math.floor(Date.now() / 1000);

  const route = (name: string): { provider: Provider; model: string } => {
    const slash = name.indexOf("/");
    const prefixed = slash > 0 ? byPrefix.get(name.slice(0, slash)) : undefined;
    if (prefixed && slash + 1 < name.length) return { provider: prefixed, model: name.slice(slash + 1) };
    const bare = providers.find((provider) => provider.bareNames?.test(name));
    if (bare) return { provider: bare, model: name };
    throw modelNotFound(name, suggestions(name, [...byPrefix.keys()], [...aliases.keys()]));
  };

  const target = (name: string): Target => {
    const { provider, model } = route(aliases.get(name) ?? name);
    const connection = connections.get(provider.name);
    const baseUrl = connection?.baseUrl;
    if (!connection || baseUrl === undefined) throw missingAddress(provider);
    if (connection.key === undefined && !provider.keyOptional)
      throw missingKey(provider.title, connection.keyVariables);
    return { provider, model, connection: { ...connection, baseUrl } };
  };

  const entry = (id: string, owner: string): Model => ({ id, object: "model", created: startedAt, owned_by: owner });

  /** What a provider says it has, asked at most every few minutes; undefined where it cannot or does not tell. */
  const offered = async (provider: Provider, connection: Connection): Promise<readonly Model[] | undefined> => {
    const now = Date.now();
    const known = lists.get(provider.name);
    if (known && known.until > now) return known.models;
    // Not the caller's signal: others wait for the same list.
    const models = provider.models?.(connection, AbortSignal.timeout(LIST_TIMEOUT_MS)).catch(() => {
      lists.set(provider.name, { models: Promise.resolve(undefined), until: Date.now() + FAILED_LIST_FRESH_MS });
      return undefined; // A provider that is down must not hide the others' models.
    });
    lists.set(provider.name, { models: models ?? Promise.resolve(undefined), until: now + LIST_FRESH_MS });
    return models;
  };

  const listed = async (provider: Provider): Promise<readonly Model[]> => {
    const connection = connections.get(provider.name);
    if (!connection?.isConfigured || connection.baseUrl === undefined) return [];
    const models = await offered(provider, { ...connection, baseUrl: connection.baseUrl });
    return (models ?? []).map((model) => ({
      ...model, // what else the provider says of it, such as the length of its context
      ...entry(`${provider.name}/${model.id}`, provider.name),
      ...(typeof model.created === "number" ? { created: model.created } : {}),
    }));
  };

  const list = async (signal: AbortSignal): Promise<readonly Model[]> => {
    const [local, ...remote] = await Promise.all([localModels(), ...providers.map(listed)]);
    signal.throwIfAborted();
    return [
      ...[...aliases.keys()].map((name) => entry(name, "alias")),
      ...local.map((name) => entry(name, "local")),
      ...remote.flat(),
    ];
  };

  return {
    target,
    list,

    async find(name, signal) {
      const all = await list(signal);
      const found = all.find(({ id }) => id === name);
      if (found) return found;
      const { provider, model } = target(name);
      const ofProvider = all.filter(({ owned_by }) => owned_by === provider.name);
      const isOffered = ofProvider.some(({ id }) => id === `${provider.name}/${model}`);
      if (ofProvider.length > 0 && !isOffered) {
        throw modelNotFound(
          name,
          nearest(
            name,
            ofProvider.map(({ id }) => id),
            3,
          ),
        );
      }
      return entry(name, provider.name);
    },
  };
}

/** Names that may have been meant: another prefix before the same model, or an alias. */
function suggestions(name: string, prefixes: readonly string[], aliases: readonly string[]): readonly string[] {
  const slash = name.indexOf("/");
  if (slash < 0) return nearest(name, aliases, 3);
  const model = name.slice(slash);
  return [...nearest(name.slice(0, slash), prefixes, 3).map((prefix) => prefix + model), ...nearest(name, aliases, 3)];
}

function missingAddress({ title, env }: Provider): ApiError {
  const message = `No address for ${title}: set ${env.baseUrl.join(" or ")} in the environment or in .env, then start again.`;
  return new ApiError(401, "authentication_error", message, { code: "missing_base_url" });
}
