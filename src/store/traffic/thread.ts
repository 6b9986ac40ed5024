import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Answered, Asked, Question, ThreadSettings } from "./traffic-thread.ts";

/** The thread that holds the database: nobody else waits for the disk. An idle one does not keep the process alive. */
export interface DatabaseThread {
  /** Rejects with what SQLite says, and when the thread dies; the next question starts another one. */
  ask<Value>(question: Question): Promise<Value>;
  end(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** It holds a batch and a page of calls at a time. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 };

/** It is started with the first question. */
export function createDatabaseThread(settings: ThreadSettings): DatabaseThread {
  const waiting = new Map<number, Waiting>(); // one a question; who asks waits for the answer
  let nextId = 0;
  let running: Worker | undefined;

  const settle = (id: number): Waiting | undefined => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) running?.unref();
    return asked;
  };

  const start = (): Worker => {
    const file = new URL(`traffic-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData: settings, name: "traffic", resourceLimits: RESOURCE_LIMITS });
    const fail = (error: Error): void => {
      if (running === worker) running = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    worker.on("error", fail);
    worker.on("exit", () => fail(new Error("the thread of the traffic store has ended")));
    worker.on("message", (answered: Answered) => {
      const asked = settle(answered.id);
      if ("error" in answered) asked?.reject(new Error(answered.error));
      else asked?.resolve(answered.value);
    });
    return worker;
  };

  return {
    ask: <Value>(question: Question) =>
      new Promise<Value>((resolve, reject) => {
        running ??= start();
        const id = nextId++;
        waiting.set(id, { resolve: (value) => resolve(value as Value), reject });
        running.ref();
        running.postMessage({ id, question } satisfies Asked);
      }),

    async end() {
      await running?.terminate();
    },
  };
}
