/*
 * Measures Omniport beside nginx and the gateways that can be installed here, in one run, against one mock upstream.
 * See README.md. `npm run bench -- --rounds 3 --targets nginx,omniport --cases chat,stream`
 */
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { printedPort } from "./address.ts";
import { type Case, CASES } from "./cases.ts";
import { createChildren } from "./children.ts";
import { OTHER_CORES, OWN_CORE } from "./cores.ts";
import { type Boot, figures, type Round } from "./figures.ts";
import type { Load, Measured } from "./load.ts";
import { startMock } from "./mock.ts";
import { type Options, readOptions } from "./options.ts";
import { residentMiB } from "./processes.ts";
import { writeFigures } from "./readme.ts";
import { builtOmniport, INSTALLERS, type Installer, type Place, type Target } from "./targets.ts";

const BOOT_TIMEOUT_MS = 90_000;
const ASK_AGAIN_MS = 5;
/** Of a log that explains why a target does not start. */
const LOG_CHARACTERS = 500;

interface Running {
  readonly target: Target;
  readonly pid: number;
  readonly port: number;
}

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
      const started = await start(target, place);
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
        const measured = await load(loadOf(one, each, round === 0 ? 1 : 0.25));
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

function loadOf(one: Case, { target, pid, port }: Running, warmShare: number): Load {
  return {
    port,
    pid,
    path: target.path + one.path,
    headers: { authorization: "Bearer sk-test", ...target.headers?.(one.kind) },
    body: JSON.stringify({ model: target.models[one.kind], ...one.body }),
    concurrency: one.concurrency,
    contains: one.contains,
    warmSeconds: options.warm * warmShare,
    seconds: options.seconds,
  };
}

async function load(of: Load): Promise<Measured> {
  const child = children.launch([...OTHER_CORES, process.execPath, join(import.meta.dirname, "load.ts")]);
  child.stdin?.end(JSON.stringify(of));
  if (!child.stdout) throw new TypeError("The load has no output.");
  return JSON.parse(await text(child.stdout)) as Measured;
}

/** Started, and asked until it answers. @throws Error with the end of its log. */
async function start(target: Target, { cache }: Place): Promise<{ readonly running: Running; readonly ms: number }> {
  const startedAt = performance.now();
  const path = join(cache, `${target.name}.log`);
  const log = openSync(path, "w");
  const child = children.launch([...OWN_CORE, ...target.command], {
    ...(target.env && { env: target.env }),
    cwd: cache,
    stdio: ["ignore", target.port === undefined ? "pipe" : log, log],
  });
  const ended = new AbortController();
  child.once("error", (error) => ended.abort(error));
  child.once("exit", (code) => ended.abort(new Error(`it has ended with ${code}: ${lastOf(path)}`)));
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(BOOT_TIMEOUT_MS)]);
  try {
    const port = target.port ?? (await printedPort(child, signal));
    const running = { target, pid: child.pid ?? 0, port };
    await firstAnswer(running, signal);
    return { running, ms: performance.now() - startedAt };
  } catch (error) {
    await children.stop(child);
    throw error;
  }
}

async function firstAnswer(running: Running, signal: AbortSignal): Promise<void> {
  const [first] = CASES;
  if (!first) throw new TypeError("There is no case.");
  const { path, headers, body } = loadOf(first, running, 0);
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    }).catch(() => undefined); // it does not listen yet
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    if (signal.aborted) throw new Error(`${message(signal.reason)} (its last answer: ${answer?.status ?? "none"})`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

function lastOf(path: string): string {
  return readFileSync(path, "utf8").trim().slice(-LOG_CHARACTERS) || `nothing in ${path}`;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function say(text: string): void {
  process.stderr.write(`# ${text}\n`);
}
