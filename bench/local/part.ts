import type { Children } from "../children.ts";
import type { Row } from "./row.ts";

export interface PartOptions {
  readonly children: Children;
  /** Where the others are installed. */
  readonly cache: string;
  readonly rounds: number;
  /** Of the repository that is converted. */
  readonly weightsBytes: number;
  /** Whether nothing but Omniport is measured. */
  readonly isAlone: boolean;
}

/** One part of the measurement. */
export type Part = (options: PartOptions) => Promise<readonly Row[]>;

export function say(text: string): void {
  process.stderr.write(`# ${text}\n`);
}
