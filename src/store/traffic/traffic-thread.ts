import type { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { type Batch, type Keep, openTraffic, write } from "./database.ts";
import { call, calls, type CallsQuery, type Span, stats } from "./queries.ts";

/** What the thread is told when it starts. */
export interface ThreadSettings extends Keep {
  readonly path: string;
}

/** What it is asked, one thing a message. */
export type Question =
  | { readonly about: "batch"; readonly batch: Batch }
  | { readonly about: "calls"; readonly query: CallsQuery }
  | { readonly about: "call"; readonly requestId: string }
  | { readonly about: "stats"; readonly span: Span };

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export type Answered = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

const settings = workerData as ThreadSettings;
let opened: DatabaseSync | undefined;

/** Opened with the first question, and again after a failure: what was in the way may be gone. */
function answer(question: Question): unknown {
  opened ??= openTraffic(settings.path);
  switch (question.about) {
    case "batch":
      write(opened, question.batch, settings);
      return null;
    case "calls":
      return calls(opened, question.query);
    case "call":
      return call(opened, question.requestId);
    case "stats":
      break;
  }
  return stats(opened, question.span);
}

parentPort?.on("message", ({ id, question }: Asked) => {
  try {
    parentPort?.postMessage({ id, value: answer(question) } satisfies Answered);
  } catch (thrown) {
    opened?.close();
    opened = undefined;
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    parentPort?.postMessage({ id, error } satisfies Answered);
  }
});
