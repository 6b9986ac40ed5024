import type { Messages } from "./messages.ts";
import { table } from "./table.ts";

/** What `--help` prints. */
export function help({ help }: Messages, version: string): string {
  const commands = [
    ["serve", help.serve],
    ["engine", help.engine],
    ["run <model> [prompt]", help.run],
    ["pull <model>", help.pull],
    ["list", help.list],
    ["show <model>", help.show],
    ["rm <model>", help.rm],
    ["bench <model>", help.bench],
    ["models", help.models],
    ["doctor", help.doctor],
  ];
  const options = [
    ["--host <address>", help.host],
    ["--port <number>", help.port],
    ["--config <file>", help.config],
    ["--embedding", help.embedding],
    ["--yes", help.yes],
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
  const commands = "serve | engine | run | pull | list | show | rm | bench | models | doctor";
  return [help.usage, "", `  omniport ${commands}`, "  omniport --help"].join("\n");
}
