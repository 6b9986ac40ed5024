import type * as NodeLlamaCpp from "node-llama-cpp";
import { EngineError } from "../errors.ts";

export interface LlamaOptions {
  /**
   * Computing threads for all models together: llama.cpp's threads spin, so more than there are cores is a collapse.
   */
  readonly threads: number;
  readonly gpu: "auto" | "off";
}

/** llama.cpp, started when it is first asked for, and kept: its models share the threads. */
export type LlamaRuntime = () => Promise<NodeLlamaCpp.Llama>;

export function createLlamaRuntime(options: LlamaOptions): LlamaRuntime {
  let starting: Promise<NodeLlamaCpp.Llama> | undefined;
  return async () => {
    starting ??= start(options);
    try {
      return await starting;
    } catch (error) {
      starting = undefined;
      throw error;
    }
  };
}

/** @throws EngineError `not_installed` */
async function start({ threads, gpu }: LlamaOptions): Promise<NodeLlamaCpp.Llama> {
  const { getLlama, LlamaLogLevel } = await importNodeLlamaCpp();
  try {
    return await getLlama({
      build: "never",
      skipDownload: true,
      logLevel: LlamaLogLevel.error,
      progressLogs: false,
      maxThreads: threads,
      gpu: gpu === "auto" ? "auto" : false,
    });
  } catch (cause) {
    const message = "llama.cpp has no ready-made binary for this machine in the package node-llama-cpp.";
    throw new EngineError("not_installed", message, { cause });
  }
}

/** @throws EngineError `not_installed` */
export async function importNodeLlamaCpp(): Promise<typeof NodeLlamaCpp> {
  try {
    return await import("node-llama-cpp");
  } catch (cause) {
    const message = "Local chat models need the optional package node-llama-cpp: run `npm install node-llama-cpp`.";
    throw new EngineError("not_installed", message, { cause });
  }
}
