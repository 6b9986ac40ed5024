import { CASES } from "./cases.ts";
import { CACHE } from "./installed.ts";
import { INSTALLERS } from "./targets.ts";
import { parseArgs } from "node:util";

export interface Options {
  readonly targets: readonly string[];
  readonly cases: readonly string[];
  /** Other builds of Omniport: name → the path of its `main.js`. */
  readonly omniports: ReadonlyMap<string, string>;
  readonly rounds: number;
  /** Seconds that one case of one target is measured for, in each round. */
  readonly seconds: number;
  /** Seconds before that, in the first round; a quarter of it in the others. */
  readonly warm: number;
  readonly cache: string;
  /** Whether the READMEs are to show the figures. */
  readonly write: boolean;
}

const USAGE: string = `npm run bench -- [options]
  --targets LIST       of ${INSTALLERS.map(({ name }) => name).join(", ")}; all of them
  --omniport NAME=PATH another build of Omniport beside this one: the path of its dist/main.js; may be repeated
  --cases LIST         of ${CASES.map(({ name }) => name).join(", ")}; all of them
  --rounds N           3
  --seconds N          that each case is measured for in a round: 3
  --warm N             seconds of load before the first round: 4
  --cache FOLDER       where the others are installed: ${CACHE}
  --write              puts the table into the READMEs`;

/** What the command line says. What is wrong with it is said, and ends the program. */
export function readOptions(args: readonly string[]): Options {
  try {
    return parse(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return process.exit(2);
  }
}

function parse(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      targets: { type: "string", default: INSTALLERS.map(({ name }) => name).join(",") },
      omniport: { type: "string", multiple: true, default: [] },
      cases: { type: "string", default: CASES.map(({ name }) => name).join(",") },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "3" },
      warm: { type: "string", default: "4" },
      cache: { type: "string", default: CACHE },
      write: { type: "boolean", default: false },
    },
  });
  return {
    targets: known("--targets", values.targets, INSTALLERS),
    cases: known("--cases", values.cases, CASES),
    omniports: new Map(values.omniport.map(build)),
    rounds: positive("--rounds", values.rounds),
    seconds: positive("--seconds", values.seconds),
    warm: positive("--warm", values.warm),
    cache: values.cache,
    write: values.write,
  };
}

function known(option: string, value: string, all: readonly { readonly name: string }[]): readonly string[] {
  const names = all.map(({ name }) => name);
  const asked = value.split(",").filter((name) => name !== "");
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: '${unknown}' is unknown; there are ${names.join(", ")}.`);
  return asked;
}

function build(text: string): readonly [name: string, path: string] {
  const [name = "", path = ""] = text.split(/=(.*)/s);
  if (/^[\w.-]+$/.test(name) && path !== "") return [name, path];
  throw new Error(`--omniport: '${text}' is not NAME=PATH, such as before=/tmp/before/dist/main.js.`);
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (number > 0) return number;
  throw new Error(`${option}: '${value}' is not a number above 0.`);
}
