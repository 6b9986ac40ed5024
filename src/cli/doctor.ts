import type { Config } from "../config.ts";
import { ConfigError } from "../config/error.ts";
import { checkMachine, checkSettings, type Finding } from "./checks.ts";
import { type Command, type CommandContext, loadSettings } from "./command.ts";
import type { Arguments } from "./arguments.ts";
import type { DoctorMessages } from "./messages.ts";

/** Looks at all that a start needs, and says what is wrong and how to mend it. Exit code 1 if there is a problem. */
export const doctor: Command = async (args, context) => {
  const texts = context.messages.doctor;
  const signal = new AbortController().signal;
  const { config, findings: read } = await readSettings(args, context);
  const [machine, settings] = await Promise.all([
    checkMachine(texts, signal),
    config === undefined ? [] : checkSettings(config, texts, signal),
  ]);
  const findings = [...machine, ...read, ...settings];

  context.print(args.flags.has("json") ? JSON.stringify({ findings }, undefined, 2) : report(findings, texts));
  return findings.some(({ level }) => level === "problem") ? 1 : 0;
};

interface SettingsRead {
  readonly config: Config | undefined;
  readonly findings: readonly Finding[];
}

async function readSettings(args: Arguments, context: CommandContext): Promise<SettingsRead> {
  const { doctor: texts } = context.messages;
  try {
    const config = await loadSettings(args, context);
    const message = config.file === undefined ? texts.noConfigFile : texts.configFile(config.file);
    return { config, findings: [{ check: "settings", level: "ok", message }] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map((message): Finding => ({
      check: "settings",
      level: "problem",
      message,
      fix: texts.configFix,
    }));
    return { config: undefined, findings };
  }
}

const MARKS: Readonly<Record<Finding["level"], string>> = { ok: "✓", warning: "!", problem: "✗" };

function report(findings: readonly Finding[], texts: DoctorMessages): string {
  const lines = findings.flatMap(({ level, message, fix }) => [
    `${MARKS[level]} ${level === "ok" ? "" : `${texts.level[level]}: `}${message}`,
    ...(fix === undefined ? [] : [`    ${texts.fix(fix)}`]),
  ]);
  const count = (wanted: Finding["level"]) => findings.filter(({ level }) => level === wanted).length;
  return [...lines, "", texts.summary(count("problem"), count("warning"))].join("\n");
}
