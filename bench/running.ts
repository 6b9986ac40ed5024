import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { printedPort } from "./address.ts";
import { type Case, CASES } from "./cases.ts";
import type { Children } from "./children.ts";
import { OTHER_CORES, OWN_CORE } from "./cores.ts";
import type { Load, Measured } from "./load.ts";
import type { Target } from "./targets.ts";

/** A target that answers. */
export interface Running {
  readonly target: Target;
  readonly pid: number;
  readonly port: number;
}

const BOOT_TIMEOUT_MS = 90_000;
const ASK_AGAIN_MS = 5;
/** Of a log that explains why a target does not start. */
const LOG_CHARACTERS = 500;

/** Started, and asked until it answers. @throws Error with the end of its log. */
export async function start(
  children: Children,
  target: Target,
  cache: string,
): Promise<{ readonly running: Running; readonly ms: number }> {
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

/** One case, as a target is asked it. */
export function loadOf(one: Case, { target, pid, port }: Running, times: Pick<Load, "warmSeconds" | "seconds">): Load {
  return {
    port,
    pid,
    path: target.path + one.path,
    headers: { authorization: "Bearer sk-test", ...target.headers?.(one.kind) },
    body: JSON.stringify({ model: target.models[one.kind], ...one.body }),
    concurrency: one.concurrency,
    contains: one.contains,
    ...times,
  };
}

/** Sent by a process of its own. */
export async function load(children: Children, of: Load): Promise<Measured> {
  const child = children.launch([...OTHER_CORES, process.execPath, join(import.meta.dirname, "load.ts")]);
  child.stdin?.end(JSON.stringify(of));
  if (!child.stdout) throw new TypeError("The load has no output.");
  return JSON.parse(await text(child.stdout)) as Measured;
}

async function firstAnswer(running: Running, signal: AbortSignal): Promise<void> {
  const [first] = CASES;
  if (!first) throw new TypeError("There is no case.");
  const { path, headers, body } = loadOf(first, running, { warmSeconds: 0, seconds: 0 });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    }).catch(() => undefined); // it does not listen yet
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    if (signal.aborted) throw new Error(`${String(signal.reason)} (its last answer: ${answer?.status ?? "none"})`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

function lastOf(path: string): string {
  return readFileSync(path, "utf8").trim().slice(-LOG_CHARACTERS) || `nothing in ${path}`;
}
