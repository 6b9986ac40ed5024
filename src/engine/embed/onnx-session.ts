import type * as OnnxRuntime from "onnxruntime-node";
import { say, type Wording } from "../../messages/say.ts";
import { codeOf } from "../error-code.ts";
import { EngineError } from "../errors.ts";
import { notInstalled } from "./installed.ts";

const ERRORS_ONLY = 3;

/** A graph that ONNX Runtime has loaded. */
export interface OnnxSession {
  /**
   * @param feeds int32 `shape` each, by the names of the graph's inputs
   * @returns the graph's first output
   */
  run(feeds: Readonly<Record<string, Int32Array>>, shape: readonly number[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * @throws EngineError `not_installed` without `onnxruntime-node`, `unsupported` if it has no build for this machine or
 * does not take the graph, `out_of_memory`.
 */
export async function createOnnxSession(graphPath: string, threads: number, model: string): Promise<OnnxSession> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const session = await InferenceSession.create(graphPath, sessionOptions(threads)).catch((cause: unknown) => {
    throw outOfMemory(cause, model) ?? unsupported(say.onnxCannotLoad(model, messageOf(cause)), cause);
  });
  return {
    async run(feeds, shape) {
      const tensors = Object.entries(feeds).map(([name, data]) => [name, new Tensor("int32", data, shape)]);
      const outputs = await session.run(Object.fromEntries(tensors)).catch((cause: unknown) => {
        throw outOfMemory(cause, model) ?? cause;
      });
      const values = Object.values(outputs)[0]?.data;
      if (!(values instanceof Float32Array)) throw new TypeError(`The graph of ${model} gave no float32 output.`);
      return values;
    },
    dispose: () => session.release(),
  };
}

async function loadRuntime(): Promise<typeof OnnxRuntime> {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    if (codeOf(cause) !== "ERR_MODULE_NOT_FOUND") {
      throw unsupported(say.onnxNotHere(`${process.platform}-${process.arch}`, messageOf(cause)), cause);
    }
    throw notInstalled(cause);
  }
}

function sessionOptions(threads: number): OnnxRuntime.InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: ERRORS_ONLY,
    extra: {
      // Threads that spin between two operators gain a few per cent alone, and take them from the chat models beside them.
      session: { intra_op: { allow_spinning: "0" } },
      // `SkipLayerNormalization` takes a token's numbers one after the other: three times as long as its parts do.
      optimization: { disable_specified_optimizers: "SkipLayerNormFusion" },
    },
  };
}

function outOfMemory(cause: unknown, model: string): EngineError | undefined {
  if (!/bad_alloc|failed to allocate memory/i.test(messageOf(cause))) return undefined;
  return new EngineError("out_of_memory", say.memoryTooSmall(model), { cause });
}

function unsupported(message: Wording, cause: unknown): EngineError {
  return new EngineError("unsupported", message, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
