import { hostname } from "node:os";
import { relative } from "node:path";
import type { Config } from "../config.ts";
import { huggingface } from "../providers/huggingface/index.ts";
import type { Provider } from "../providers/provider.ts";
import { type Command, type CommandContext, loadSettings } from "./command.ts";
import { curl, listen, reachable } from "./listen.ts";
import { readCatalogue } from "./models.ts";
import { localModels } from "./serve.ts";
import { table } from "./table.ts";
import { version } from "../config/version.ts";

/** Every name is one of this machine's models, with the prefix or without: gateways take it off. */
const ownModels: Provider = { ...huggingface, bareNames: /^/ };

/** Starts the server with this machine's models alone, for a gateway on another machine. */
export const engine: Command = async (args, context) => {
  const config = ownModelsOnly(await loadSettings(args, context));
  return listen(config, [ownModels], (url) => summary(config, url, context), context);
};

/**
 * Other providers, their keys and names for them stay with the gateway; and an engine sends no calls on, for which one
 * process is enough.
 */
export function ownModelsOnly(config: Config): Config {
  const server = { ...config.server, workers: 1 };
  const local = { ...config.local, startsWithServer: true };
  return { ...config, server, local, connections: new Map(), providers: [], aliases: new Map() };
}

async function* summary(config: Config, url: string, context: CommandContext): AsyncGenerator<string> {
  const { serve, engine } = context.messages;
  yield engine.listening(await version(), url);
  const rows = [
    [serve.localModels, localModels(await readCatalogue(config), context)],
    ...(config.file === undefined ? [] : [[serve.configFile, relative(context.directory, config.file)]]),
  ];
  const needsKey = config.server.apiKeys.length > 0;
  const settings = [
    `HUGGINGFACE_BASE_URL=${reachable(url, hostname())}/v1`,
    ...(needsKey ? [`HUGGINGFACE_API_KEY=${engine.key}`] : []),
  ];
  yield [
    "",
    table(rows, "  "),
    "",
    engine.gateway,
    ...settings.map((line) => `  ${line}`),
    "",
    serve.tryIt,
    `  ${curl(url, needsKey)}`,
  ].join("\n");
}
