import { createLocalHub } from "../local-engine.ts";
import type { Config } from "../config.ts";
import { providers } from "../providers/index.ts";
import { type Catalogue, catalogue, type LocalEntry, type ProviderEntry } from "./catalogue.ts";
import { type Command, loadSettings } from "./command.ts";
import type { Messages } from "./messages.ts";
import { byteSize, table } from "./table.ts";

/** Lists what can be called: local models, aliases, and providers by the prefix of their models. */
export const models: Command = async (args, context) => {
  const found = await readCatalogue(await loadSettings(args, context));
  context.print(args.flags.has("json") ? JSON.stringify(found, undefined, 2) : asTable(found, context.messages));
  return 0;
};

/** What is on disk is looked up; nobody is asked over the network. */
export async function readCatalogue(config: Config): Promise<Catalogue> {
  const hub = await createLocalHub(config, { onProgress: () => undefined, onNotice: () => undefined });
  return catalogue(config, providers, await hub.cached());
}

function asTable({ local, aliases, providers }: Catalogue, { models }: Messages): string {
  return table([
    models.headings,
    ...local.map((entry) => localRow(entry, models)),
    ...aliases.map(({ name, model }) => [name, `→ ${model}`]),
    ...providers.map((entry) => [`${entry.name}/…`, providerState(entry, models)]),
  ]);
}

function localRow({ name, reference, downloaded, bytes }: LocalEntry, models: Messages["models"]): readonly string[] {
  const state = downloaded ? models.downloaded : models.notDownloaded;
  return [name, reference === undefined ? state : `${state} (${reference})`, downloaded ? byteSize(bytes) : ""];
}

function providerState({ missing }: ProviderEntry, models: Messages["models"]): string {
  if (missing === undefined) return models.ready;
  return missing.what === "key" ? models.noKey(missing.variable) : models.noAddress(missing.variable);
}
