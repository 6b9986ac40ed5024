import cluster, { type Worker } from "node:cluster";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { Config } from "../config.ts";
import { programPath } from "../engine-child.ts";
import type { Log } from "../telemetry/log.ts";
import type { Desk } from "./desk.ts";
import type { WorkerNews, WorkerSettings } from "./messages.ts";

/** The workers, each of which is replaced when it dies. */
export interface Crew {
  /** The address of each, when all take calls. Rejects when one of them cannot start. */
  listening(): Promise<readonly string[]>;
  /** Lets each end its calls within `SHUTDOWN_TIMEOUT`. */
  close(): Promise<void>;
  kill(): Promise<void>;
}

/** A worker that lived this long was healthy: the next crash counts as the first. */
const HEALTHY_AFTER_MS = 60_000;
const MAX_BACKOFF_MS = 30_000;
/** What a worker needs to end besides `SHUTDOWN_TIMEOUT`: to cut off clients, and to write its last records. */
const CLOSE_MARGIN_MS = 8_000;

interface Running {
  readonly pid: number;
  readonly listening: Promise<string>;
  /** How it ended: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  stop(): void;
  kill(): void;
}

export function createCrew(config: Config, desk: Desk, log: Log): Crew {
  const { workers, shutdownTimeoutMs } = config.server;
  const running = new Set<Running>();
  const stopping = new AbortController();
  cluster.setupPrimary({ exec: programPath(), args: ["worker-process"], serialization: "advanced" });

  const run = (place: number): Running => {
    const worker = startWorker(settings(config, desk, place), desk);
    running.add(worker);
    void worker.ended.then(() => running.delete(worker));
    return worker;
  };

  /** One worker after the other in the same place; sooner or later, as long as they have lived. */
  const keep = async (place: number, first: Running): Promise<void> => {
    let crashes = 0;
    let worker = first;
    for (;;) {
      const startedAt = performance.now();
      const how = await worker.ended;
      if (stopping.signal.aborted) return;
      crashes = performance.now() - startedAt > HEALTHY_AFTER_MS ? 1 : crashes + 1;
      const restMs = crashes === 1 ? 0 : Math.min(1000 * 2 ** (crashes - 2), MAX_BACKOFF_MS);
      log.error({ workerPid: worker.pid, how, restMs }, "worker stopped unexpectedly; another one takes its place");
      await setTimeout(restMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      worker = run(place);
      const { pid } = worker;
      worker.listening.then(
        () => log.info({ workerPid: pid }, "worker started"),
        (error: Error) => log.error({ workerPid: pid, err: error }, "worker could not start"),
      );
    }
  };

  const first = Array.from({ length: workers }, (_, place) => run(place));
  const started = Promise.all(first.map(({ listening }) => listening));
  // Until all have started, one that ends is a start that fails.
  const kept = started.then(
    () => Promise.all(first.map((worker, place) => keep(place, worker))),
    () => undefined,
  );

  const kill = async (): Promise<void> => {
    stopping.abort();
    const ended = [...running].map((worker) => worker.ended);
    for (const worker of running) worker.kill();
    await Promise.all([...ended, kept]);
  };

  return {
    listening: () => started,

    async close() {
      stopping.abort();
      for (const worker of running) worker.stop();
      await Promise.race([kept, setTimeout(shutdownTimeoutMs + CLOSE_MARGIN_MS, undefined, { ref: false })]);
      await kill();
    },
    kill,
  };
}

function startWorker(settings: WorkerSettings, desk: Desk): Running {
  const worker = cluster.fork();
  const listening = Promise.withResolvers<string>();
  const onNews = (news: WorkerNews): void => {
    if (news.about === "listening") listening.resolve(news.url);
    if (news.about === "failed") listening.reject(new Error(news.message));
  };
  const send = (message: object): void => void worker.send(message, () => undefined); // it may be gone
  send(settings);
  const seat = desk.seat(send, onNews);
  worker.on("message", seat.receive);
  listening.promise.catch(() => undefined); // who wants to know has been told
  const ended = howItEnds(worker).then((how) => {
    seat.leave();
    listening.reject(new Error(`A worker has ended while it started: ${how}.`));
    return how;
  });
  return {
    pid: worker.process.pid ?? 0,
    listening: listening.promise,
    ended,
    stop: () => seat.tell({ about: "stop" }),
    kill: () => void worker.process.kill("SIGKILL"),
  };
}

async function howItEnds(worker: Worker): Promise<string> {
  try {
    const [code, signal] = (await once(worker, "exit")) as [number | null, string | null];
    return signal ?? `exit code ${String(code)}`;
  } catch (thrown) {
    return String(thrown); // there was no process to start
  }
}

function settings(config: Config, desk: Desk, place: number): WorkerSettings {
  const { workers, maxConnections } = config.server;
  return {
    workers,
    sharesPort: SHARES_PORT,
    sessionSecret: desk.sessionSecret,
    news: desk.news(),
    config: {
      ...config,
      server: { ...config.server, maxConnections: Math.ceil(maxConnections / workers) },
      otlp: config.otlp && { ...config.otlp, resource: ofWorker(config.otlp.resource, place) },
    },
  };
}

/**
 * Whether the system shares connections out among processes that listen on the same port (`SO_REUSEPORT`): at less than
 * half of what it costs when this process takes them and hands them on, and also while this process is busy. macOS and Windows cannot.
 */
const SHARES_PORT = process.platform === "linux";

/** Each has metrics of its own. Source: https://opentelemetry.io/docs/specs/semconv/resource/#service */
function ofWorker(resource: Readonly<Record<string, string>>, place: number): Readonly<Record<string, string>> {
  return { ...resource, "service.instance.id": `${resource["service.instance.id"] ?? randomUUID()}-${place}` };
}
