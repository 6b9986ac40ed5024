import { relative } from "node:path";
import type { Config } from "../config.ts";
import { providers } from "../providers/index.ts";
import { type Catalogue, localModelsElsewhere } from "./catalogue.ts";
import { type Command, type CommandContext, loadSettings } from "./command.ts";
import { curl, listen } from "./listen.ts";
import { readCatalogue } from "./models.ts";
import { byteSize, table } from "./table.ts";
import { version } from "../config/version.ts";

/** Starts the server, and ends when it is told to stop. */
export const serve: Command = async (args, context) => {
  const config = await loadSettings(args, context);
  return listen(config, providers, (url) => summary(config, url, context), context);
};

/** First the address, since calls are answered from then on. */
async function* summary(config: Config, url: string, context: CommandContext): AsyncGenerator<string> {
  const { serve } = context.messages;
  yield serve.listening(await version(), url);
  const found = await readCatalogue(config);
  const ready = found.providers.filter(({ configured, missing }) => configured && missing === undefined);
  const titles = ready.map(({ title }) => title).join(", ");
  const elsewhere = localModelsElsewhere(config);
  const rows = [
    [serve.providers, titles || serve.noProviders],
    [serve.localModels, elsewhere === undefined ? localModels(found, context) : serve.localModelsElsewhere(elsewhere)],
    ...(config.file === undefined ? [] : [[serve.configFile, relative(context.directory, config.file)]]),
  ];
  yield ["", table(rows, "  "), "", serve.tryIt, `  ${curl(url, config.server.apiKeys.length > 0)}`].join("\n");
}

/** `local/chat (639 MB), local/embed (downloaded when first called)` */
export function localModels({ local }: Catalogue, { messages }: CommandContext): string {
  const texts = local.map(({ name, downloaded, bytes }) =>
    downloaded ? `${name} (${byteSize(bytes)})` : `${name} (${messages.serve.downloadedWhenCalled})`,
  );
  return texts.join(", ");
}
