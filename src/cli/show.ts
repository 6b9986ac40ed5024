import type { ModelDescription } from "../engine/hub/describe.ts";
import { createLocalHub } from "../local-engine.ts";
import { UsageError } from "./arguments.ts";
import { localReference } from "./catalogue.ts";
import { type Command, loadSettings } from "./command.ts";
import type { Messages } from "./messages.ts";
import { byteSize, table } from "./table.ts";

/** Tells what a model's files say of it. */
export const show: Command = async (args, context) => {
  const [name] = args.positionals;
  if (name === undefined) throw new UsageError({ type: "model_missing", command: "show" });
  const config = await loadSettings(args, context);
  const hub = await createLocalHub(config, { onProgress: () => undefined, onNotice: () => undefined });
  const description = await hub.describe(localReference(config, name));
  context.print(
    args.flags.has("json") ? JSON.stringify(description, undefined, 2) : asTable(description, context.messages),
  );
  return 0;
};

function asTable(description: ModelDescription, { list, show }: Messages): string {
  const { name, purpose, architecture, parameters, quantization, contextTokens } = description;
  const { licence, chatTemplate, bytes, files, revision, directory } = description;
  const isChat = purpose === "chat";
  return table([
    [show.model, name],
    [show.purpose, list.purpose[purpose]],
    [show.architecture, architecture ?? show.unknown],
    [show.parameters, parameters === undefined ? show.unknown : count(parameters)],
    [show.quantization, quantization ?? show.asStored],
    [show.context, contextTokens === undefined ? show.unknown : show.tokens(contextTokens)],
    [show.licence, licence ?? show.unknown],
    ...(isChat ? [[show.template, chatTemplate === undefined ? show.no : show.yes]] : []),
    ...(isChat ? [[show.tools, takesTools(chatTemplate) ? show.toolsNative : show.toolsEmulated]] : []),
    [show.size, show.files(byteSize(bytes), files.length)],
    [show.revision, revision],
    [show.path, directory],
  ]);
}

/** Whether the model's own template has a place for tools: it is a variable of that name. */
function takesTools(template: string | undefined): boolean {
  return template !== undefined && /\btools\b/.test(template);
}

/** `135 M`, `7.6 B`: as models are spoken of. */
function count(parameters: number): string {
  const units = ["", " k", " M", " B", " T"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, parameters)) / 3));
  const amount = parameters / 1000 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)}${units[power]}`;
}
