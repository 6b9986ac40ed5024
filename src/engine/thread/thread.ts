import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { EngineError } from "../errors.ts";
import type { Reply, Request } from "./serve.ts";

/** A thread that holds one model, from outside. An idle one does not keep the process alive. */
export interface Thread<Step> {
  /** What the thread answers; steps are taken in their order. Rejects when the thread dies. */
  ask<Value>(step: Step): Promise<Value>;
  end(): Promise<unknown>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Starts a file that calls `serve`.
 * @param file without what differs between source and built program: `encoder-worker`, beside `base`.
 * @param base the caller's `import.meta.url`.
 * @param model for its name in errors.
 */
function startThread<Step>(file: string, base: string, workerData: unknown, model: string): Thread<Step> {
  const worker = new Worker(new URL(`${file}${extname(base)}`, base), { workerData, name: `${file} ${model}` });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let failure: Error | undefined;

  function fail(error: Error): void {
    failure ??= error;
    for (const call of waiting.values()) call.reject(failure);
    waiting.clear();
  }

  worker.on("error", fail);
  worker.on("exit", () => fail(new Error(`The thread of ${model} has ended.`)));
  worker.on("message", (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0) worker.unref();
    if ("error" in reply) call?.reject(errorOf(reply.error));
    else call?.resolve(reply.value);
  });

  return {
    ask: <Value>(step: Step) =>
      new Promise<Value>((resolve, reject) => {
        if (failure !== undefined) throw failure;
        const id = nextId++;
        waiting.set(id, { resolve: (value) => resolve(value as Value), reject });
        worker.ref();
        worker.postMessage({ id, step } satisfies Request);
      }),
    end: () => worker.terminate(),
  };
}

/** The steps that the thread of every model takes, besides its own. */
export interface LifeStep {
  readonly name: "load" | "dispose";
}

/** A thread whose model is loaded. */
export interface LoadedThread<Step, Facts> {
  /** What its first step, `load`, has told. */
  readonly facts: Facts;
  ask: Thread<Step>["ask"];
  /** Frees the model, and ends the thread. */
  dispose(): Promise<void>;
}

/**
 * Starts a thread as `startThread` does, and loads its model.
 * @throws what the loading throws; then the thread is ended.
 */
export async function loadInThread<Step, Facts>(
  ...args: Parameters<typeof startThread>
): Promise<LoadedThread<Step, Facts>> {
  const thread = startThread<Step | LifeStep>(...args);
  try {
    const facts = await thread.ask<Facts>({ name: "load" });
    return {
      facts,
      ask: thread.ask,
      async dispose() {
        await thread.ask({ name: "dispose" });
        await thread.end();
      },
    };
  } catch (error) {
    await thread.end();
    throw error;
  }
}

function errorOf(error: Extract<Reply, { error: unknown }>["error"]): Error {
  if (error.code === undefined) return new Error(error.message);
  const { code, message, field } = error;
  return new EngineError(code, message, field === undefined ? {} : { field });
}
