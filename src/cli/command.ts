import { type Config, loadConfig } from "../config.ts";
import type { Language } from "../messages/language.ts";
import { providers } from "../providers/index.ts";
import type { Arguments } from "./arguments.ts";
import type { Messages } from "./messages.ts";
import type { Terminal } from "./terminal.ts";

export interface CommandContext extends Terminal {
  readonly language: Language;
  /** What is said in that language. */
  readonly messages: Messages;
}

/** @returns the exit code: 0 done, 1 failed. */
export type Command = (args: Arguments, context: CommandContext) => Promise<number>;

/** The options that set what a variable sets, and win over it. */
const VARIABLES: Readonly<Record<string, string>> = { host: "HOST", port: "PORT", config: "OMNIPORT_CONFIG" };

/** @throws ConfigError */
export function loadSettings({ values }: Arguments, { environment, directory }: CommandContext): Promise<Config> {
  const set = Object.entries(VARIABLES).flatMap(([option, variable]) => {
    const value = values.get(option);
    return value === undefined ? [] : [[variable, value] as const];
  });
  return loadConfig({ environment: { ...environment, ...Object.fromEntries(set) }, directory, providers });
}
