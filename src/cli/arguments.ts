import { parseArgs } from "node:util";
import { nearest } from "../api/nearest.ts";

/** The options that a command knows, without their dashes: whether they take a value. */
export type Options = Readonly<Record<string, "value" | "flag">>;

export interface Arguments {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
}

export type UsageMistake =
  | { readonly type: "unknown_command"; readonly name: string; readonly meant: string | undefined }
  | { readonly type: "unknown_option"; readonly name: string; readonly meant: string | undefined }
  | { readonly type: "value_missing"; readonly name: string }
  | { readonly type: "value_unwanted"; readonly name: string }
  | { readonly type: "argument_unwanted"; readonly name: string }
  | { readonly type: "model_missing"; readonly command: string }
  | { readonly type: "prompt_missing" }
  | { readonly type: "yes_missing" };

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly mistake: UsageMistake;

  constructor(mistake: UsageMistake) {
    super(mistake.type);
    this.mistake = mistake;
  }
}

/** @throws UsageError */
export function parseArguments(args: readonly string[], options: Options, maxPositionals: number): Arguments {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, kind]) => [name, { type: kind === "value" ? "string" : "boolean" }]),
    ),
    strict: false,
    tokens: true,
  });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const value = optionValue(options[token.name], token);
    if (value === undefined) flags.add(token.name);
    else values.set(token.name, value);
    if (options[token.name] === undefined) throw unknownOption(token.rawName, options);
  }
  const unwanted = positionals[maxPositionals];
  if (unwanted !== undefined) throw new UsageError({ type: "argument_unwanted", name: unwanted });
  return { flags, values, positionals };
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function optionValue(kind: "value" | "flag" | undefined, token: OptionToken): string | undefined {
  const { rawName: name, value, inlineValue } = token;
  if (kind === "flag" && value !== undefined) throw new UsageError({ type: "value_unwanted", name });
  const isMissing = value === undefined || value === "" || (!inlineValue && value.startsWith("-"));
  if (kind === "value" && isMissing) throw new UsageError({ type: "value_missing", name });
  return value;
}

function unknownOption(name: string, options: Options): UsageError {
  const known = Object.keys(options).map((option) => `--${option}`);
  return new UsageError({ type: "unknown_option", name, meant: nearest(name, known)[0] });
}
