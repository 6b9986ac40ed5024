import type { ProviderFacts } from "../providers/provider.ts";
import type { ConfigFile } from "./file.ts";
import { nearest } from "../api/nearest.ts";

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

/** Aliases with their models; an alias of an alias goes where that one goes. */
export function resolveAliases(
  { settings, at }: ConfigFile,
  report: (problem: string) => void,
): ReadonlyMap<string, string> {
  const aliases = new Map(Object.entries(settings.aliases ?? {}));
  const resolved = new Map<string, string>();
  for (const [alias, first] of aliases) {
    const model = lastOf(first, aliases);
    if (model !== undefined) resolved.set(alias, model);
    else report(`${at(["aliases", alias])}: the alias '${alias}' leads back to itself; let it name a model.`);
  }
  return resolved;
}

function lastOf(first: string, aliases: ReadonlyMap<string, string>): string | undefined {
  let name = first;
  for (let step = 0; step <= aliases.size; step++) {
    const next = aliases.get(name);
    if (next === undefined) return name;
    name = next;
  }
  return undefined;
}
