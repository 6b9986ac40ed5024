import type * as NodeLlamaCpp from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { type Computer, describeComputer, NVIDIA_DEVICE } from "./computer.ts";

export interface LlamaOptions {
  /**
   * Computing threads for all models together: llama.cpp's threads spin, so more than there are cores is a collapse.
   */
  readonly threads: number;
  readonly gpu: "auto" | "off";
  readonly onStart?: (computer: Computer) => void;
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
async function start({ threads, gpu, onStart }: LlamaOptions): Promise<NodeLlamaCpp.Llama> {
  const { getLlama, LlamaLogLevel } = await importNodeLlamaCpp();
  try {
    const llama = await getLlama({
      build: "never",
      skipDownload: true,
      logLevel: LlamaLogLevel.error,
      progressLogs: false,
      maxThreads: threads,
      gpu: gpu === "auto" ? "auto" : false,
    });
    onStart?.(await describeComputer(llama, threads, gpu === "auto" ? NVIDIA_DEVICE : undefined));
    return llama;
  } catch (cause) {
    throw new EngineError("not_installed", say.noBinary, { cause });
  }
}

/** @throws EngineError `not_installed` */
export async function importNodeLlamaCpp(): Promise<typeof NodeLlamaCpp> {
  try {
    return await import("node-llama-cpp");
  } catch (cause) {
    throw new EngineError("not_installed", say.llamaMissing, { cause });
  }
}
