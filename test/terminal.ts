import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { TestContext } from "node:test";
import { run } from "../src/cli/cli.ts";

export interface Outcome {
  readonly exitCode: number;
  /** What was printed, and what came in pieces. */
  readonly out: string;
  readonly notes: string;
}

export interface CommandOptions {
  /** A new, empty one unless told otherwise. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly yaml?: string;
  /** What is piped in; a terminal where a stream is given, at which somebody types. */
  readonly input?: string | PassThrough;
  /** Told all that the command has written so far, each time that it writes. */
  readonly onOutput?: (written: string) => void;
}

/** Runs a command as if started from a terminal with these variables alone. */
export async function cli(t: TestContext, args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { environment, yaml, input = "", onOutput } = options;
  const directory = options.directory ?? (await emptyFolder(t));
  if (yaml !== undefined) await writeFile(join(directory, "omniport.yaml"), yaml);
  const isTyped = typeof input !== "string";
  let out = "";
  let notes = "";
  const write = (text: string): void => {
    out += text;
    onOutput?.(out);
  };
  const note = (text: string): void => {
    notes += `${text}\n`;
    onOutput?.(`${out}${notes}`);
  };
  const output = new PassThrough();
  output.setEncoding("utf8").on("data", write);
  const exitCode = await run(args, {
    environment: { HOME: directory, LANG: "en_US.UTF-8", HF_HUB_OFFLINE: "1", ...environment },
    directory,
    isInteractive: false,
    input: Object.assign(isTyped ? input : new PassThrough().end(input), { isTTY: isTyped }),
    output,
    print: (text) => write(`${text}\n`),
    note,
    warn: note,
  });
  return { exitCode, out: out.trimEnd(), notes: notes.trimEnd() };
}

export async function emptyFolder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-cli-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
