import { cpus } from "node:os";
import type * as NodeLlamaCpp from "node-llama-cpp";
import { EngineError } from "../errors.ts";

export interface LlamaOptions {
  /**
   * Computing threads for all models together: llama.cpp's threads spin, so more than there are cores is a collapse.
   */
  readonly threads: number;
  readonly gpu: "auto" | "off";
  readonly onStart?: (computer: Computer) => void;
}

/** What llama.cpp computes on. */
export interface Computer {
  /** `CPU (AVX512), 2 threads`, or `NVIDIA H200 (CUDA, 139.8 GiB)`. */
  readonly name: string;
  /** Memory of graphics cards that nobody uses, where it is not the processor's own. */
  readonly freeVramBytes: number;
}

/** llama.cpp, started when it is first asked for, and kept: its models share the threads. */
export type LlamaRuntime = () => Promise<NodeLlamaCpp.Llama>;

const GPU_NAMES = { cuda: "CUDA", metal: "Metal", vulkan: "Vulkan" } as const;
const CPU_FEATURES = ["AMX_INT8", "AVX512", "AVX2", "AVX", "SVE", "NEON"] as const;
const GIB = 2 ** 30;

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
    onStart?.(await describe(llama, threads));
    return llama;
  } catch (cause) {
    const message = "llama.cpp has no ready-made binary for this machine in the package node-llama-cpp.";
    throw new EngineError("not_installed", message, { cause });
  }
}

async function describe(llama: NodeLlamaCpp.Llama, threads: number): Promise<Computer> {
  if (llama.gpu === false) {
    const feature = CPU_FEATURES.find((name) => llama.systemInfo.includes(`${name} = 1`));
    const model = cpus()[0]?.model.trim() ?? "CPU";
    const name = `${model} (CPU${feature === undefined ? "" : `, ${feature}`}), ${threads} ${threads === 1 ? "thread" : "threads"}`;
    return { name, freeVramBytes: 0 };
  }
  const [names, { total, free, unifiedSize }] = await Promise.all([llama.getGpuDeviceNames(), llama.getVramState()]);
  const name = `${names.join(", ")} (${GPU_NAMES[llama.gpu]}, ${(total / GIB).toFixed(1)} GiB)`;
  // What the graphics card shares with the processor is the processor's memory, and counted there.
  return { name, freeVramBytes: Math.max(0, free - unifiedSize) };
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
