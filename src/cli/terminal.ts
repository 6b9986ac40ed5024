import { styleText } from "node:util";
import type { Environment } from "../config/environment.ts";
import { processEnvironment } from "../config.ts";

/** Where a command was started, and whom it talks to. */
export interface Terminal {
  readonly environment: Environment;
  readonly directory: string;
  /** Whether a person watches, so that a line may be drawn over. */
  readonly isInteractive: boolean;
  /** What a person types, or another program sends. */
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** stdout, for text that comes in pieces. */
  readonly output: NodeJS.WritableStream;
  /** What was asked for: to stdout. */
  readonly print: (text: string) => void;
  /** What a person should know besides: to stderr. */
  readonly note: (text: string) => void;
  /** The same, not to be overlooked. */
  readonly warn: (text: string) => void;
}

export function processTerminal(): Terminal {
  return {
    environment: processEnvironment(),
    directory: process.cwd(),
    isInteractive: process.stderr.isTTY,
    input: process.stdin,
    output: process.stdout,
    print: (text) => console.log(text),
    note: (text) => console.error(text),
    warn: (text) => console.error(styleText(["bold", "red"], text, { stream: process.stderr })),
  };
}
