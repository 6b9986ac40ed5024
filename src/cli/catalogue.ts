import type { Config } from "../config.ts";
import type { CachedModel } from "../engine/hub/inventory.ts";
import type { Purpose } from "../engine/hub/needed-files.ts";
import { huggingface } from "../providers/huggingface/index.ts";
import type { ProviderFacts } from "../providers/provider.ts";

/** What can be called, as far as can be told without asking anyone. */
export interface Catalogue {
  /** Empty where another server has them. */
  readonly local: readonly LocalEntry[];
  readonly aliases: readonly AliasEntry[];
  readonly providers: readonly ProviderEntry[];
}

export interface LocalEntry {
  /** As a client calls it. */
  readonly name: string;
  /** What a default name stands for. */
  readonly reference?: string;
  readonly purpose: Purpose;
  readonly downloaded: boolean;
  /** On disk; 0 where it is not downloaded. */
  readonly bytes: number;
}

interface AliasEntry {
  readonly name: string;
  readonly model: string;
}

export interface ProviderEntry {
  /** The prefix of its models' names. */
  readonly name: string;
  readonly title: string;
  /** Whether a key or an address is set. */
  readonly configured: boolean;
  /** What to set before its models can be called; undefined where nothing is missing. */
  readonly missing: { readonly what: "key" | "address"; readonly variable: string } | undefined;
}

export function catalogue(
  config: Config,
  providers: readonly ProviderFacts[],
  cached: readonly CachedModel[],
): Catalogue {
  const elsewhere = localModelsElsewhere(config) !== undefined;
  const known = providers.filter(({ name }) => name !== huggingface.name || elsewhere);
  const named = config.providers.map(({ name, title = name }) => ({
    name,
    title,
    configured: true,
    missing: undefined,
  }));
  return {
    local: elsewhere ? [] : localEntries(config, cached),
    aliases: [...config.aliases].map(([name, { models }]) => ({ name, model: models.join(", ") })),
    providers: [...known.map((facts) => providerEntry(config, facts)), ...named],
  };
}

/** The address of the server that has the local models instead of this machine, if one is set. */
export function localModelsElsewhere({ connections }: Config): string | undefined {
  return connections.get(huggingface.name)?.baseUrl;
}

/** The name of a local model without the prefix under which clients call it. */
export function withoutPrefix(name: string): string {
  const prefix = [huggingface.name, ...(huggingface.aliases ?? [])].find((prefix) => name.startsWith(`${prefix}/`));
  return prefix === undefined ? name : name.slice(prefix.length + 1);
}

/** The name under which a server of these settings has a model: here, a repository of the hub needs no prefix. */
export function servedName(config: Config, providers: readonly ProviderFacts[], name: string): string {
  const { aliases, providers: named } = config;
  const [prefix = "", ...rest] = name.split("/");
  const isKnown =
    aliases.has(name) ||
    named.some((provider) => provider.name === prefix) ||
    providers.some((each) => each.name === prefix || each.aliases?.includes(prefix) || each.bareNames?.test(name));
  return isKnown || rest.length === 0 ? name : `${huggingface.name}/${name}`;
}

/** The reference that the name of a local model stands for: `owner/repo:Q8_0` for `local/chat`, or for an alias. */
export function localReference({ aliases, local }: Config, name: string): string {
  const model = withoutPrefix(aliases.get(name)?.models[0] ?? name);
  const defaults = new Map([
    ["local/chat", local.chat],
    ["local/tiny", local.tiny],
    ["local/embed", local.embed],
  ]);
  return defaults.get(model) ?? model;
}

/** The three defaults, then what else is on disk. */
function localEntries({ local }: Config, cached: readonly CachedModel[]): readonly LocalEntry[] {
  const find = (reference: string) => cached.find(({ name }) => isSame(name, reference));
  const entry = (name: string, reference: string, purpose: Purpose): LocalEntry => {
    const model = find(reference);
    return { name, reference, purpose, downloaded: model !== undefined, bytes: model?.bytes ?? 0 };
  };
  const defaults = [
    entry("local/chat", local.chat, "chat"),
    entry("local/tiny", local.tiny, "chat"),
    entry("local/embed", local.embed, "embedding"),
  ];
  const others = cached.filter(({ name }) => !defaults.some(({ reference = "" }) => isSame(name, reference)));
  return [
    ...defaults,
    ...others.map(({ name, purpose, bytes }) => ({
      name: `${huggingface.name}/${name}`,
      purpose,
      downloaded: true,
      bytes,
    })),
  ];
}

/** A reference without a quantisation means any of them. */
export function isSame(cached: string, reference: string): boolean {
  const [name, wanted] = [cached.toLowerCase(), reference.toLowerCase()];
  return name === wanted || (!wanted.includes(":") && name.startsWith(`${wanted}:`));
}

function providerEntry({ connections }: Config, facts: ProviderFacts): ProviderEntry {
  const { name, title, keyOptional = false, env } = facts;
  const { keys = [], baseUrl, keyVariables = env.key } = connections.get(name) ?? {};
  const configured = keys.length > 0 || baseUrl !== undefined;
  const missing = (what: "key" | "address", [variable = name]: readonly string[]) => ({ what, variable });
  if ((baseUrl ?? facts.baseUrl) === undefined) {
    return { name, title, configured, missing: missing("address", env.baseUrl) };
  }
  const lacksKey = keys.length === 0 && !keyOptional;
  return { name, title, configured, missing: lacksKey ? missing("key", keyVariables) : undefined };
}
