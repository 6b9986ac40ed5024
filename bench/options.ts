import { parseArgs } from "node:util";
import { CASES } from "./cases.ts";
import { CACHE } from "./installed.ts";
import { INSTALLERS } from "./targets.ts";
import { known, orUsage, positive } from "./usage.ts";

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
  --targets LIST       of ${namesOf(INSTALLERS).join(", ")}; all of them
  --omniport NAME=PATH another build of Omniport beside this one: the path of its dist/main.js; may be repeated
  --cases LIST         of ${namesOf(CASES).join(", ")}; all of them
  --rounds N           3
  --seconds N          that each case is measured for in a round: 3
  --warm N             seconds of load before the first round: 4
  --cache FOLDER       where the others are installed: ${CACHE}
  --write              puts the table into the READMEs`;

export function readOptions(args: readonly string[]): Options {
  return orUsage(USAGE, () => parse(args));
}

function parse(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      targets: { type: "string", default: namesOf(INSTALLERS).join(",") },
      omniport: { type: "string", multiple: true, default: [] },
      cases: { type: "string", default: namesOf(CASES).join(",") },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "3" },
      warm: { type: "string", default: "4" },
      cache: { type: "string", default: CACHE },
      write: { type: "boolean", default: false },
    },
  });
  return {
    targets: known("--targets", values.targets, namesOf(INSTALLERS)),
    cases: known("--cases", values.cases, namesOf(CASES)),
    omniports: new Map(values.omniport.map(build)),
    rounds: positive("--rounds", values.rounds),
    seconds: positive("--seconds", values.seconds),
    warm: positive("--warm", values.warm),
    cache: values.cache,
    write: values.write,
  };
}

function namesOf(all: readonly { readonly name: string }[]): readonly string[] {
  return all.map(({ name }) => name);
}

function build(text: string): readonly [name: string, path: string] {
  const [name = "", path = ""] = text.split(/=(.*)/s);
  if (/^[\w.-]+$/.test(name) && path !== "") return [name, path];
  throw new Error(`--omniport: '${text}' is not NAME=PATH, such as before=/tmp/before/dist/main.js.`);
}
