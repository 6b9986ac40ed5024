/*
 * Measures Omniport beside nginx and the gateways that can be installed here, in one run, against one mock upstream.
 * See README.md. `npm run bench -- --rounds 3 --targets nginx,omniport --cases chat,stream`
 */
import { mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { type Case, CASES } from "./cases.ts";
import { createChildren } from "./children.ts";
import { OTHER_CORES } from "./cores.ts";
import { type Boot, figures, type Round } from "./figures.ts";
import type { Measured } from "./load.ts";
import { startMock } from "./mock.ts";
import { type Options, readOptions } from "./options.ts";
import { residentMiB } from "./processes.ts";
import { writeFigures } from "./readme.ts";
import { load, loadOf, type Running, start } from "./running.ts";
import { builtOmniport, INSTALLERS, type Installer, type Place, type Target } from "./targets.ts";

const options = readOptions(process.argv.slice(2));
const children = createChildren();
try {
  const table = await measure(options);
  process.stdout.write(`\n${table}\n`);
  if (options.write) writeFigures("bench", table);
} finally {
  await children.stopAll();
}

async function measure({ cache, targets, cases, omniports, rounds, seconds }: Options): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const upstream = await startMock(children, OTHER_CORES);
  const place: Place = { cache, upstream: upstream.url, upstreamPort: upstream.port };
  const others = [...omniports].map(([name, path]): Installer => ({
    name,
    install: builtOmniport(name, resolve(path)),
  }));

  const boots: Boot[] = [];
  const running: Running[] = [];
  for (const { name, install } of [...INSTALLERS.filter((one) => targets.includes(one.name)), ...others]) {
    try {
      const target = install(place);
      const started = await start(children, target, cache);
      running.push(started.running);
      boots.push({ target, firstAnswerMs: started.ms, idleMiB: residentMiB(started.running.pid) });
      say(`${name}: first answer after ${started.ms.toFixed(0)} ms`);
    } catch (error) {
      process.exitCode = 1;
      say(`${name} is left out: ${message(error)}`);
    }
  }
  const asked = CASES.filter(({ name }) => cases.includes(name));
  const all = await measureAll(asked, running, upstream.setPace);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`;
  return `${figures({ cases: asked, boots, rounds: all })}\n\nLeast of ${rounds} rounds of ${seconds} s on ${machine}.`;
}

/** Interleaved, so that what else the machine does meets all alike. */
async function measureAll(
  cases: readonly Case[],
  running: readonly Running[],
  setPace: (ms: number) => Promise<void>,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const one of cases) {
      await setPace(one.paceMs);
      for (const each of running) {
        if (each.target.models[one.kind] === undefined) continue;
        const warmSeconds = options.warm * (round === 0 ? 1 : 0.25);
        const measured = await load(children, loadOf(one, each, { warmSeconds, seconds: options.seconds }));
        rounds.push({ case: one.name, target: each.target.name, measured });
        report(one, each.target, measured);
      }
    }
  }
  return rounds;
}

function report(one: Case, { name }: Target, { cpuMicros, failures, firstFailure = "" }: Measured): void {
  say(`${one.name} ${name}: ${cpuMicros.toFixed(0)} µs`);
  if (failures === 0) return;
  process.exitCode = 1;
  say(`${one.name} ${name}: ${failures} failures, the first: ${firstFailure}`);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function say(text: string): void {
  process.stderr.write(`# ${text}\n`);
}
