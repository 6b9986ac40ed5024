import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import type { Encoder, EncoderOptions, TokenizedText } from "./encoder.ts";
import type { EncoderReply, EncoderRequest, EncoderWorkerData } from "./encoder-worker.ts";

/** A request without its number. */
type Step = EncoderRequest extends infer Each ? (Each extends unknown ? Omit<Each, "id"> : never) : never;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Loads a model into a thread of its own: onnxruntime-node computes while JavaScript waits, and long texts take long to
 * tokenise; neither may hold up what else this process answers. An idle thread does not keep the process alive.
 *
 * @throws what `loadEncoder` throws
 */
export async function startEncoder(snapshot: Snapshot, options: EncoderOptions): Promise<Encoder> {
  const thread = startThread({ snapshot, options });
  try {
    const dimensions = await thread.ask<number>({ step: "load" });
    return {
      dimensions,
      tokenize: (inputs) => thread.ask<readonly TokenizedText[]>({ step: "tokenize", inputs }),
      encode: (texts) => thread.ask<readonly Float32Array[]>({ step: "encode", texts }),
      async dispose() {
        await thread.ask({ step: "dispose" });
        await thread.end();
      },
    };
  } catch (error) {
    await thread.end();
    throw error;
  }
}

function startThread(workerData: EncoderWorkerData): {
  ask<Value>(step: Step): Promise<Value>;
  end(): Promise<unknown>;
} {
  // The worker's file lies beside this one, both as source and as built.
  const file = new URL(`encoder-worker${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(file, { workerData, name: `embed ${workerData.snapshot.id}` });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let failure: Error | undefined;

  function fail(error: Error): void {
    failure ??= error;
    for (const call of waiting.values()) call.reject(failure);
    waiting.clear();
  }

  worker.on("error", fail);
  worker.on("exit", () => fail(new Error(`The thread of ${workerData.snapshot.id} has ended.`)));
  worker.on("message", (reply: EncoderReply) => {
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
        worker.postMessage({ id, ...step });
      }),
    end: () => worker.terminate(),
  };
}

function errorOf({ code, message }: Extract<EncoderReply, { error: unknown }>["error"]): Error {
  return code === undefined ? new Error(message) : new EngineError(code, message);
}
