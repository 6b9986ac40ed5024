import type { Messages } from "./messages.ts";
import { table } from "./table.ts";

/** What `--help` prints. */
export function help({ help }: Messages, version: string): string {
  const commands = [
    ["serve", help.serve],
    ["pull <model>", help.pull],
    ["models", help.models],
    ["doctor", help.doctor],
  ];
  const options = [
    ["--host <address>", help.host],
    ["--port <number>", help.port],
    ["--config <file>", help.config],
    ["--embedding", help.embedding],
    ["--json", help.json],
    ["-h, --help", help.help],
    ["-v, --version", help.version],
  ];
  const paragraphs = [
    `Omniport ${version}: ${help.tagline}`,
    help.usage,
    `${help.commands}\n${table(commands, "  ")}`,
    `${help.options}\n${table(options, "  ")}`,
    help.settings,
  ];
  return paragraphs.join("\n\n");
}

/** Enough to go on after a wrong command line. */
export function shortHelp({ help }: Messages): string {
  return [help.usage, "", "  omniport serve | pull <model> | models | doctor", "  omniport --help"].join("\n");
}
