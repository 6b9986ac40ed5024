import { once } from "node:events";
import type { Figures } from "./probe.ts";
import type { Program } from "./program.ts";

/** The flags of Node under which a program can be asked for its figures. */
export const MEASURED: readonly string[] = ["--expose-gc", `--import=${new URL("probe.ts", import.meta.url).href}`];

/** @throws when the process has ended, of a full heap or a rejection that nobody caught. */
export async function figuresOf({ process, ended, stderr }: Program): Promise<Figures> {
  const answer = once(process, "message").then(([figures]) => figures as Figures);
  process.send("figures");
  const figures = await Promise.race([answer, ended]);
  if (typeof figures === "object") return figures;
  throw new Error(`The program has ended with ${figures}: ${stderr().slice(-2_000)}`);
}
