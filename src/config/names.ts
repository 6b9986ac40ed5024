import type { Group } from "../gateway/model.ts";
import type { ProviderFacts } from "../providers/provider.ts";
import type { ConfigFile } from "./file.ts";
import { nearest } from "../api/nearest.ts";
import type { GroupSettings } from "./schema.ts";

/** Beginnings of models' names that no provider of one's own may take. */
const RESERVED: ReadonlySet<string> = new Set(["local", "models", "sentence-transformers"]);

/** A provider that is new needs an address, and a name that nothing else has. */
export function checkProviders(
  { settings, at }: ConfigFile,
  known: readonly ProviderFacts[],
  report: (problem: string) => void,
): void {
  const names = new Set(known.map(({ name }) => name));
  const otherNames = new Map(known.flatMap(({ name, aliases = [] }) => aliases.map((alias) => [alias, name])));
  for (const [name, { base_url: baseUrl }] of Object.entries(settings.providers ?? {})) {
    if (names.has(name)) continue;
    const path = ["providers", name];
    const proper = otherNames.get(name);
    if (proper !== undefined) report(`${at(path)}: '${name}' is another name of '${proper}'; write '${proper}'.`);
    else if (RESERVED.has(name)) report(`${at(path)}: the name '${name}' is taken; write another one.`);
    else if (baseUrl === undefined) report(`${at(path)}: ${unknownProvider(name, names)}`);
  }
}

function unknownProvider(name: string, names: ReadonlySet<string>): string {
  const [meant] = nearest(name, names);
  const hint = meant === undefined ? "" : ` Or did you mean '${meant}'?`;
  return `'${name}' is a new provider and needs its base_url, such as http://127.0.0.1:8001/v1.${hint}`;
}

/** Models are set by their full names: a provider's prefix, or one of the names that need none. */
export function checkModels(
  { settings, at }: ConfigFile,
  known: readonly ProviderFacts[],
  report: (problem: string) => void,
): void {
  const prefixes = new Set([
    ...known.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    ...Object.keys(settings.providers ?? {}),
  ]);
  for (const name of Object.keys(settings.models ?? {})) {
    if (prefixes.has(name.split("/", 1)[0] ?? "") || known.some(({ bareNames }) => bareNames?.test(name))) continue;
    report(`${at(["models", name])}: '${name}' is a model of no provider; write its full name, such as openai/gpt-4o.`);
  }
}

/** Aliases with their models; an alias among these is replaced by its own. */
export function resolveAliases(
  { settings, at }: ConfigFile,
  report: (problem: string) => void,
): ReadonlyMap<string, Group> {
  const written = new Map(Object.entries(settings.aliases ?? {}));
  const resolved = new Map<string, Group>();
  for (const [alias, value] of written) {
    const problem = weightsProblem(value);
    if (problem !== undefined) report(`${at(["aliases", alias, "weights"])}: ${problem}`);
    const group = resolve(alias, written, []);
    if (group) resolved.set(alias, group);
    else report(`${at(["aliases", alias])}: the alias '${alias}' leads back to itself; let it name a model.`);
  }
  return resolved;
}

type WrittenAlias = string | readonly string[] | GroupSettings;

/** @returns undefined for a name that leads back to itself. */
function resolve(name: string, written: ReadonlyMap<string, WrittenAlias>, seen: readonly string[]): Group | undefined {
  const alias = written.get(name);
  if (alias === undefined) return { models: [name], strategy: "ordered" };
  if (seen.includes(name)) return undefined;
  const { models, strategy = "ordered", weights, hedge_after_s } = asGroup(alias);
  const parts = models.map((model) => resolve(model, written, [...seen, name]));
  const [only] = parts;
  if (parts.length === 1) return only; // another name for the same
  const known = parts.flatMap((part) => part ?? []);
  if (known.length < parts.length) return undefined;
  const shares = known.flatMap((part, index) => part.models.map(() => weights?.[index] ?? 1));
  return {
    strategy,
    models: known.flatMap((part) => part.models),
    ...(weights && { weights: shares }),
    ...(hedge_after_s !== undefined && { hedgeAfterMs: hedge_after_s * 1000 }),
  };
}

function asGroup(alias: WrittenAlias): GroupSettings {
  if (typeof alias === "string") return { models: [alias] };
  return "models" in alias ? alias : { models: alias };
}

function weightsProblem(alias: WrittenAlias): string | undefined {
  const { models, weights, strategy } = asGroup(alias);
  if (!weights) return undefined;
  if (strategy !== "weighted") return "weights count for `strategy: weighted` only; write that, or leave them out.";
  if (weights.length === models.length) return undefined;
  return `there are ${weights.length} weights for ${models.length} models; write one for each.`;
}
