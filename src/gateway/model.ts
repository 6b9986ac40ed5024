import { LRUCache } from "lru-cache";
import { ApiError, missingKey, modelNotFound } from "../api/error.ts";
import type { Model } from "../api/models.ts";
import { nearest } from "../api/nearest.ts";
import { say } from "../messages/say.ts";
import type { Connection, Provider } from "../providers/provider.ts";
import type { ListPrices } from "./prices/list-prices.ts";
import type { Price } from "./prices/price.ts";
import type { Timeouts } from "./timeouts.ts";

/** Who answers a call, and under which name the model is known there. */
export interface Target {
  /** `openai/gpt-4o`, however the client has called it. */
  readonly name: string;
  readonly provider: Provider;
  readonly model: string;
  readonly connection: Connection;
  /** Which of the provider's keys the connection bears. */
  readonly keyIndex: number;
  readonly timeouts: Timeouts;
  /** How long a conversation it takes, where that is known. */
  readonly contextTokens?: number;
  /** How many calls it takes at once, where that is limited. */
  readonly maxRunning?: number;
  readonly price?: Price;
}

/** Whom to ask, in this order. Targets of one name differ in their keys. */
export interface Route {
  readonly targets: readonly Target[];
  /** When the second is started although the first has not failed. */
  readonly hedgeAfterMs?: number;
}

/** How a group's models share the calls. */
export type Strategy = "ordered" | "weighted" | "least_busy" | "lowest_latency" | "cheapest";

/** Models that stand in for each other. */
export interface Group {
  readonly models: readonly string[];
  readonly strategy: Strategy;
  /** For `weighted`: each model's share, in their order. */
  readonly weights?: readonly number[];
  readonly hedgeAfterMs?: number;
}

/** What is known of one model, by the user's own word. */
export interface ModelSettings {
  readonly timeouts?: Timeouts;
  readonly contextTokens?: number;
  readonly maxRunning?: number;
  readonly price?: Price;
}

/** How a provider can be reached; `baseUrl` is missing where only the user could know it and has not said so. */
export type ProviderConnection = Omit<Connection, "baseUrl" | "key"> & {
  readonly baseUrl: string | undefined;
  /** Calls go to them in turn. */
  readonly keys: readonly string[];
  readonly timeouts: Timeouts;
  /** The environment variables that may hold the key, the one to name first. */
  readonly keyVariables: readonly string[];
  /** Whether the user has set a key or an address: such a provider's models are listed. */
  readonly isConfigured: boolean;
};

export interface ModelsOptions {
  readonly providers: readonly Provider[];
  /** By the provider's name. */
  readonly connections: ReadonlyMap<string, ProviderConnection>;
  /** From a name of the user's own to models' names. */
  readonly aliases: ReadonlyMap<string, Group>;
  /** By the model's name. */
  readonly settings: ReadonlyMap<string, ModelSettings>;
  /** For models whose settings tell no price. */
  readonly listPrices: ListPrices;
  /** A group's models in the order in which they are to be asked. */
  readonly balance: Balance;
  readonly localModels: LocalModels;
}

/** The models of this machine, by their full names; none where another machine has them. */
export interface LocalModels {
  list(): Promise<readonly Model[]>;
  /** Also one that would be downloaded with the first call. */
  find(name: string): Promise<Model | undefined>;
  /** What has to be done before the model can answer, for people: `downloading owner/repo: 45 %`. */
  waitsFor(name: string): string | undefined;
}

export interface Models {
  /**
   * @param fallbacks further names, for the case that the first one fails.
   * @throws ApiError 404 for a name that leads nowhere, 401 where no provider in it has its key.
   */
  route(name: string, fallbacks?: readonly string[]): Route;
  /** All that can be called now, as far as the providers tell. */
  list(signal: AbortSignal): Promise<readonly Model[]>;
  /** @throws ApiError 404 when the provider's own list does not have it. */
  find(name: string, signal: AbortSignal): Promise<Model>;
  /** What a call for this model has to wait for, for people; undefined where that is not known. */
  waitsFor(name: string): string | undefined;
}

/** A group's models in the order in which they are to be asked. */
export type Balance = (group: Group, facts: ModelFacts) => readonly string[];

/** What a group's models are told apart by, by the name that stands in the group. */
export interface ModelFacts {
  /** The full name, with the provider's. */
  nameOf(model: string): string;
  priceOf(model: string): Price | undefined;
}

/** A model with the first of its provider's keys, and all of them. */
interface Known {
  readonly target: Target;
  readonly keys: readonly string[];
}

/** So many models are asked for one call. */
const MAX_MODELS = 16;
/** And each with so many of its provider's keys. */
const MAX_KEYS = 8;
/** Clients may make up any name of a model: the first targets of so many are kept at hand. */
const MAX_KNOWN_TARGETS = 10_000;
const LIST_TIMEOUT_MS = 5_000;
const LIST_FRESH_MS = 5 * 60_000;
const FAILED_LIST_FRESH_MS = 30_000;

/** Names → targets: aliases first, then prefixes (`openai/…`), then the names that need none (`gpt-4o`). */
export function createModels(options: ModelsOptions): Models {
  const { providers, connections, aliases, balance, localModels } = options;
  const byPrefix = new Map(providers.flatMap((p) => [p.name, ...(p.aliases ?? [])].map((prefix) => [prefix, p])));
  const lists = new Map<string, { readonly models: Promise<readonly Model[] | undefined>; readonly until: number }>();
  const turns = new Map<string, number>(); // one a provider
  const known = new LRUCache<string, Known>({ max: MAX_KNOWN_TARGETS, memoMethod: (name) => madeTarget(name) });
  const startedAt = Math.floor(Date.now() / 1000);

  const locate = (name: string): { provider: Provider; model: string } => {
    const slash = name.indexOf("/");
    const prefixed = slash > 0 ? byPrefix.get(name.slice(0, slash)) : undefined;
    if (prefixed && slash + 1 < name.length) return { provider: prefixed, model: name.slice(slash + 1) };
    const bare = providers.find((provider) => provider.bareNames?.test(name));
    if (bare) return { provider: bare, model: name };
    throw modelNotFound(name, suggestions(name, [...byPrefix.keys()], [...aliases.keys()]));
  };

  const fullName = (name: string): string => {
    const { provider, model } = locate(name);
    return `${provider.name}/${model}`;
  };

  const settingsOf = (name: string): ModelSettings | undefined =>
    options.settings.get(fullName(name)) ?? options.settings.get(name);

  const facts: ModelFacts = {
    nameOf: fullName,
    priceOf: (name) => settingsOf(name)?.price ?? options.listPrices(fullName(name)),
  };

  /** The keys' indices, each call beginning with the next one. */
  const inTurn = (provider: string, keys: number): readonly number[] => {
    const turn = ((turns.get(provider) ?? -1) + 1) % keys;
    turns.set(provider, turn);
    return Array.from({ length: Math.min(keys, MAX_KEYS) }, (_, index) => (index + turn) % keys);
  };

  /** One model, with its provider's keys. */
  const targetsOf = (name: string): readonly Target[] => {
    const { target, keys } = known.memo(name);
    if (keys.length < 2) return [target];
    const { connection } = target;
    return inTurn(target.provider.name, keys.length).map((keyIndex) => ({
      ...target,
      connection: { ...connection, key: keys[keyIndex] },
      keyIndex,
    }));
  };

  const madeTarget = (name: string): Known => {
    const { provider, model } = locate(name);
    const connection = connections.get(provider.name);
    const baseUrl = connection?.baseUrl;
    if (!connection || baseUrl === undefined) throw missingAddress(provider);
    const { keys, keyVariables, timeouts, ...rest } = connection;
    if (keys.length === 0 && !provider.keyOptional) throw missingKey(provider.title, keyVariables);
    const own = settingsOf(name);
    const price = facts.priceOf(name);
    const target: Target = {
      name: fullName(name),
      provider,
      model,
      connection: { ...rest, baseUrl, key: keys[0] },
      keyIndex: 0,
      timeouts: { ...timeouts, ...own?.timeouts },
      ...(own?.contextTokens !== undefined && { contextTokens: own.contextTokens }),
      ...(own?.maxRunning !== undefined && { maxRunning: own.maxRunning }),
      ...(price && { price }),
    };
    return { target, keys };
  };

  const route = (name: string, fallbacks: readonly string[] = []): Route => {
    const group = groupOf(name);
    const models = [...balance(group, facts), ...fallbacks.flatMap((one) => groupOf(one).models)];
    const targets = whatCanBeAsked(models, targetsOf);
    return group.hedgeAfterMs ? { targets, hedgeAfterMs: group.hedgeAfterMs } : { targets };
  };

  const groupOf = (name: string): Group => aliases.get(name) ?? { models: [name], strategy: "ordered" };

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
    const { baseUrl, keys } = connection;
    const models = await offered(provider, { ...connection, baseUrl, key: keys[0] });
    return (models ?? []).map((model) => ({
      ...model, // what else the provider says of it, such as the length of its context
      ...entry(`${provider.name}/${model.id}`, provider.name),
      ...(typeof model.created === "number" ? { created: model.created } : {}),
    }));
  };

  const list = async (signal: AbortSignal): Promise<readonly Model[]> => {
    const [local, ...remote] = await Promise.all([localModels.list(), ...providers.map(listed)]);
    signal.throwIfAborted();
    return [...[...aliases.keys()].map((name) => entry(name, "alias")), ...local, ...remote.flat()];
  };

  return {
    route,
    list,

    waitsFor(name) {
      const known = groupOf(name).models.map((model) => localModels.waitsFor(fullName(model)));
      return known.find((text) => text !== undefined);
    },

    async find(name, signal) {
      const all = await list(signal);
      const found = all.find(({ id }) => id === name);
      if (found) return found;
      const [target] = route(name).targets;
      if (!target) throw modelNotFound(name);
      const { provider, model } = target;
      const local = await localModels.find(target.name);
      if (local) return { ...local, id: name };
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

/**
 * All targets of these models, none twice. A model whose provider has no key is passed over if others have theirs.
 * @throws ApiError 404 for a name that leads nowhere: that is a mistake, and not a state.
 */
function whatCanBeAsked(models: readonly string[], targetsOf: (model: string) => readonly Target[]): readonly Target[] {
  const targets: Target[] = [];
  let unset: unknown;
  for (const model of models.slice(0, MAX_MODELS)) {
    try {
      const ofModel = targetsOf(model);
      if (!targets.some(({ name }) => name === ofModel[0]?.name)) targets.push(...ofModel);
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.status !== 401) throw thrown;
      unset ??= thrown;
    }
  }
  if (targets.length === 0) throw unset;
  return targets;
}

/** Names that may have been meant: another prefix before the same model, or an alias. */
function suggestions(name: string, prefixes: readonly string[], aliases: readonly string[]): readonly string[] {
  const slash = name.indexOf("/");
  if (slash < 0) return nearest(name, aliases, 3);
  const model = name.slice(slash);
  return [...nearest(name.slice(0, slash), prefixes, 3).map((prefix) => prefix + model), ...nearest(name, aliases, 3)];
}

function missingAddress({ title, env }: Provider): ApiError {
  const message = say.providerAddressMissing(title, env.baseUrl);
  return new ApiError(401, "authentication_error", message, { code: "missing_base_url" });
}
