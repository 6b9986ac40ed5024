import type { AdminProvider } from "../api/admin.ts";
import type { Provider } from "../providers/provider.ts";
import type { Models, ProviderConnection } from "./model.ts";

/** What is known of each provider, for the user who has to set its key. */
export type ProviderStates = (signal: AbortSignal) => Promise<readonly AdminProvider[]>;

export interface ProviderStatesParts {
  readonly providers: readonly Provider[];
  /** By the provider's name. */
  readonly connections: ReadonlyMap<string, ProviderConnection>;
  readonly models: Models;
  /** The name of the provider whose models run on this machine; undefined where they run elsewhere. */
  readonly local: string | undefined;
}

export function createProviderStates({ providers, connections, models, local }: ProviderStatesParts): ProviderStates {
  return async (signal) => {
    const all = await models.list(signal);
    return providers.map((provider): AdminProvider => {
      const { name, title, env } = provider;
      const connection = connections.get(name);
      const listed = all.filter(({ id }) => id.startsWith(`${name}/`)).length;
      const isShown = name !== local && connection?.baseUrl !== undefined;
      return {
        name,
        title,
        state: name === local ? "ready" : stateOf(provider, connection, listed),
        key_variables: name === local ? [] : (connection?.keyVariables ?? env.key),
        base_url_variables: env.baseUrl,
        ...(isShown && { base_url: connection.baseUrl }),
        models: listed,
      };
    });
  };
}

function stateOf(
  { keyOptional = false, models }: Provider,
  connection: ProviderConnection | undefined,
  listed: number,
): AdminProvider["state"] {
  if (!connection || connection.baseUrl === undefined) return "no_address";
  if (connection.keys.length === 0 && !keyOptional) return "no_key";
  if (!connection.isConfigured) return "untried";
  return models && listed === 0 ? "silent" : "ready";
}
