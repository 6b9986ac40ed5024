import { nearest } from "../api/nearest.ts";
import { type Options, parseArguments, UsageError } from "./arguments.ts";
import type { Command, CommandContext } from "./command.ts";
import { describeFailure } from "./failure.ts";
import { help } from "./help.ts";
import { language } from "./language.ts";
import { TRANSLATIONS } from "./translations.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { version } from "../config/version.ts";

interface Entry {
  readonly options: Options;
  readonly maxPositionals: number;
  /** Not told in the help: the program calls it itself. */
  readonly isHidden?: boolean;
  readonly load: () => Promise<Command>;
}

const COMMANDS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  [
    "serve",
    {
      options: { host: "value", port: "value", config: "value" },
      maxPositionals: 0,
      load: async () => (await import("./serve.ts")).serve,
    },
  ],
  [
    "engine",
    {
      options: { host: "value", port: "value", config: "value" },
      maxPositionals: 0,
      load: async () => (await import("./engine.ts")).engine,
    },
  ],
  [
    "run",
    {
      options: { config: "value" },
      maxPositionals: Number.POSITIVE_INFINITY,
      load: async () => (await import("./run.ts")).run,
    },
  ],
  [
    "list",
    {
      options: { config: "value", json: "flag" },
      maxPositionals: 0,
      load: async () => (await import("./list.ts")).list,
    },
  ],
  [
    "show",
    {
      options: { config: "value", json: "flag" },
      maxPositionals: 1,
      load: async () => (await import("./show.ts")).show,
    },
  ],
  [
    "rm",
    {
      options: { config: "value", yes: "flag" },
      maxPositionals: 1,
      load: async () => (await import("./remove.ts")).remove,
    },
  ],
  [
    "bench",
    {
      options: { config: "value", embedding: "flag", json: "flag" },
      maxPositionals: 1,
      load: async () => (await import("./bench.ts")).bench,
    },
  ],
  [
    "pull",
    {
      options: { config: "value", embedding: "flag", json: "flag" },
      maxPositionals: 1,
      load: async () => (await import("./pull.ts")).pull,
    },
  ],
  [
    "models",
    {
      options: { config: "value", json: "flag" },
      maxPositionals: 0,
      load: async () => (await import("./models.ts")).models,
    },
  ],
  [
    "doctor",
    {
      options: { host: "value", port: "value", config: "value", json: "flag" },
      maxPositionals: 0,
      load: async () => (await import("./doctor.ts")).doctor,
    },
  ],
  [
    "worker-process",
    {
      options: {},
      maxPositionals: 0,
      isHidden: true,
      load: async () => (await import("./worker-process.ts")).workerProcess,
    },
  ],
  [
    "engine-process",
    {
      options: {},
      maxPositionals: 0,
      isHidden: true,
      load: async () => (await import("./engine-process.ts")).engineProcess,
    },
  ],
]);

/** Runs what the arguments ask for, and leaves the exit code: 0 done, 1 failed, 2 wrong command line. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  process.exitCode = await run(args, processTerminal());
}

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const spoken = language(terminal.environment);
  const context: CommandContext = { ...terminal, language: spoken, messages: TRANSLATIONS[spoken] };
  try {
    return await dispatch(args, context);
  } catch (error) {
    const { lines, exitCode } = describeFailure(error, context);
    context.note(lines);
    return exitCode;
  }
}

async function dispatch(args: readonly string[], context: CommandContext): Promise<number> {
  if (args[0] === "help" || args.some((arg) => arg === "--help" || arg === "-h")) {
    context.print(help(context.messages, await version()));
    return 0;
  }
  if (args.some((arg) => arg === "--version" || arg === "-v")) {
    context.print(await version());
    return 0;
  }
  const [first] = args;
  const isNamed = first !== undefined && !first.startsWith("-");
  const { options, maxPositionals, load } = isNamed ? find(first) : find("serve");
  const parsed = parseArguments(isNamed ? args.slice(1) : args, options, maxPositionals);
  const command = await load();
  return command(parsed, context);
}

function find(name: string): Entry {
  const entry = COMMANDS.get(name);
  if (entry !== undefined) return entry;
  const known = [...COMMANDS].flatMap(([command, { isHidden }]) => (isHidden ? [] : [command]));
  throw new UsageError({ type: "unknown_command", name, meant: nearest(name, known)[0] });
}
