/*
 * What a call costs where there is much of something: configured models, aliases and keys, chunks of a stream, open
 * connections. `npm run bench:growth`; see README.md.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Case, CASES, STREAM_CHUNKS } from "./cases.ts";
import { createChildren } from "./children.ts";
import { OTHER_CORES } from "./cores.ts";
import { markdownTable } from "./figures.ts";
import { CACHE } from "./installed.ts";
import { openConnections } from "./idle.ts";
import type { Measured } from "./load.ts";
import { startMock } from "./mock.ts";
import { residentMiB } from "./processes.ts";
import { load, loadOf, type Running, start } from "./running.ts";
import { builtOmniport, INSTALLERS, type Place, type Target } from "./targets.ts";
import { orUsage, positive } from "./usage.ts";

const USAGE = `npm run bench:growth -- [--count N] [--rounds N] [--seconds N] [--no-build]
  --count N     models, aliases, client keys and provider keys, and connections: 10000
  --rounds N    of which the least counts: 3
  --seconds N   that each is measured for in a round: 3
  --no-build    measures dist/ as it is`;
const { count, rounds, seconds, build } = orUsage(USAGE, () => {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      count: { type: "string", default: "10000" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "3" },
      build: { type: "boolean", default: true },
    },
  });
  return {
    count: positive("--count", values.count),
    rounds: positive("--rounds", values.rounds),
    seconds: positive("--seconds", values.seconds),
    build: values.build,
  };
});
const LONGER = 10;

const children = createChildren();
try {
  process.stdout.write(`${await measure()}\n`);
} finally {
  await children.stopAll();
}

async function measure(): Promise<string> {
  const upstream = await startMock(children, OTHER_CORES);
  const cache = join(CACHE, "growth");
  mkdirSync(cache, { recursive: true });
  const place: Place = { cache, upstream: upstream.url, upstreamPort: upstream.port };
  if (build) INSTALLERS.find(({ name }) => name === "omniport")?.install(place);
  const few = await start(children, configured("few", 1, place), cache);
  const many = await start(children, configured("many", count, place), cache);

  const chat = caseOf("chat");
  const stream = caseOf("stream");
  const [fewChat, manyChat] = await inTurns(chat, few.running, many.running);
  const [fewStream, manyStream] = await inTurns(stream, few.running, many.running);
  await upstream.setLength(LONGER);
  const [longStream] = await inTurns(stream, few.running);
  await upstream.setLength(1);

  const idleMiB = residentMiB(few.running.pid);
  const close = await openConnections(children, few.running.port, count);
  const openMiB = residentMiB(few.running.pid);
  await close();

  const row = (name: string, one: number, other: number, unit: string): readonly string[] => [
    name,
    `${one.toFixed(0)} ${unit}`,
    `${other.toFixed(0)} ${unit}`,
    `${(other / one).toFixed(2)} ×`,
  ];
  return [
    markdownTable(
      ["", "1", `${count}`, "ratio"],
      [
        row("a chat, by models, aliases and keys", fewChat, manyChat, "µs"),
        row("a stream, by models, aliases and keys", fewStream, manyStream, "µs"),
        row("start to first answer, the same", few.ms, many.ms, "ms"),
        row("memory, by open connections", idleMiB, openMiB, "MiB"),
      ],
    ),
    markdownTable(
      ["", `${STREAM_CHUNKS} chunks`, `${STREAM_CHUNKS * LONGER} chunks`, `of ${LONGER} ×`],
      [row("a stream, by its chunks", fewStream, longStream, "µs")],
    ),
  ].join("\n\n");
}

/** @returns the least processor time for an answer of each, in microseconds. */
async function inTurns<Several extends readonly Running[]>(
  one: Case,
  ...several: Several
): Promise<{ readonly [Index in keyof Several]: number }> {
  const least = several.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [index, running] of several.entries()) {
      const measured = await load(children, loadOf(one, running, { warmSeconds: round === 0 ? 3 : 1, seconds }));
      least[index] = Math.min(least[index] ?? Infinity, micros(measured, running));
    }
  }
  return least as { readonly [Index in keyof Several]: number };
}

function micros({ cpuMicros, failures, firstFailure }: Measured, { target }: Running): number {
  if (failures > 0) throw new Error(`${target.name} has failed ${failures} times: ${firstFailure}`);
  return cpuMicros;
}

function caseOf(name: string): Case {
  const found = CASES.find((one) => one.name === name);
  if (!found) throw new TypeError(`There is no case ${name}.`);
  return found;
}

/** Omniport with so many of each, of which a call takes the last ones. */
function configured(name: string, many: number, place: Place): Target {
  const { env = {}, ...target } = builtOmniport(name, join(import.meta.dirname, "../dist/main.js"))(place);
  const { OPENAI_API_KEY: _, ...others } = env;
  const file = join(place.cache, `${name}.yaml`);
  writeFileSync(file, settings(many));
  return {
    ...target,
    env: { ...others, OMNIPORT_CONFIG: file, OPENAI_API_KEY: "" },
    models: { chat: `alias-${many}` },
  };
}

function settings(many: number): string {
  const each = (line: (number: number) => string): readonly string[] =>
    Array.from({ length: many }, (_, index) => line(index + 1));
  return [
    "server:",
    `  max_connections: ${2 * count}`,
    "  api_keys:",
    ...each((number) => `    - sk-client-${number}`),
    "    - sk-test",
    "providers:",
    "  openai:",
    `    api_key: ${each((number) => `sk-provider-${number}`).join(",")}`,
    "models:",
    ...each((number) => `  openai/model-${number}: { price: { input: 1, output: 2 } }`),
    "aliases:",
    ...each((number) => `  alias-${number}: [openai/model-${number}, openai/gpt-4o-mini]`),
    "",
  ].join("\n");
}
