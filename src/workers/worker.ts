import cluster from "node:cluster";
import { providers } from "../providers/index.ts";
import { start } from "../start.ts";
import { createLine } from "./line.ts";
import type { AboutCalls, PrimaryNews, WorkerNews, WorkerQuestion, WorkerSettings } from "./messages.ts";
import { createWorkerCommons } from "./worker-commons.ts";

/**
 * One of several gateway processes. It ends with its primary, as `node:cluster` has it, and waits for its word: a Ctrl+C
 * at the terminal reaches both.
 */
export function startWorker(): void {
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => undefined);
  process.once("message", (settings) => void work(settings as WorkerSettings));
}

/** Listens to the primary at once: what it says next may be here already. */
async function work(settings: WorkerSettings): Promise<void> {
  const stop = Promise.withResolvers<void>();
  const line = createLine<WorkerQuestion, WorkerNews, AboutCalls, PrimaryNews>({
    send: (message) => void send(message),
    answer: (question) => commons.answer(question),
    hear: (news) => (news.about === "stop" ? stop.resolve() : commons.hear(news)),
  });
  const commons = createWorkerCommons(settings, line);
  for (const news of settings.news) commons.hear(news);
  process.on("message", line.receive);

  try {
    const server = await start(settings.config, providers, () => commons);
    line.tell({ about: "listening", url: server.url });
    await stop.promise;
    await server.close();
    cluster.worker?.disconnect(); // and ends when its last log lines are written
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    await send({ news: { about: "failed", message } satisfies WorkerNews });
    process.exit(1);
  }
}

/** Resolves when it has been sent, or cannot be: then the primary has ended. */
function send(message: object): Promise<unknown> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));
}
