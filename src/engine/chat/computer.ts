import { existsSync } from "node:fs";
import { cpus } from "node:os";
import type { Llama } from "node-llama-cpp";

/** What llama.cpp computes on. */
export interface Computer {
  /** `AMD EPYC (CPU, AVX512), 2 threads`, or `NVIDIA L4 (CUDA, 21.9 of 22.0 GiB free)`. */
  readonly name: string;
  /** Memory of graphics cards that nobody uses, where it is not the processor's own. */
  readonly freeVramBytes: number;
  /** An NVIDIA card is there, and llama.cpp cannot use it: its binary finds no libraries of CUDA, or none that fit. */
  readonly hasIdleCard: boolean;
}

const GPU_NAMES = { cuda: "CUDA", metal: "Metal", vulkan: "Vulkan" } as const;
const CPU_FEATURES = ["AMX_INT8", "AVX512", "AVX2", "AVX", "SVE", "NEON"] as const;
const GIB = 2 ** 30;
/** There where NVIDIA's driver is, and in a container that was given the card. */
export const NVIDIA_DEVICE = "/dev/nvidiactl";

/** A loaded model, as far as it tells where its layers lie. */
interface Layered {
  readonly llama: Pick<Llama, "supportsGpuOffloading">;
  readonly gpuLayers: number;
  readonly fileInsights: { readonly totalLayers: number };
}

type Described = Pick<Llama, "gpu" | "supportsGpuOffloading" | "systemInfo" | "getGpuDeviceNames" | "getVramState">;

/** @param cardDevice a path that is there where an NVIDIA card is; undefined where none is wanted. */
export async function describeComputer(
  llama: Described,
  threads: number,
  cardDevice: string | undefined,
): Promise<Computer> {
  // Where there is Vulkan, but no card for it, node-llama-cpp says "vulkan" and computes on the processor.
  if (llama.gpu === false || !llama.supportsGpuOffloading) {
    const hasIdleCard = cardDevice !== undefined && existsSync(cardDevice);
    return { name: processorName(llama.systemInfo, threads), freeVramBytes: 0, hasIdleCard };
  }
  const [names, { total, free, unifiedSize }] = await Promise.all([llama.getGpuDeviceNames(), llama.getVramState()]);
  const memory = `${inGib(free)} of ${inGib(total)} GiB free`;
  // What the graphics card shares with the processor is the processor's memory, and counted there.
  const freeVramBytes = Math.max(0, free - unifiedSize);
  return { name: `${names.join(", ")} (${GPU_NAMES[llama.gpu]}, ${memory})`, freeVramBytes, hasIdleCard: false };
}

/**
 * What to say of a model that a graphics card has no room for; undefined where all of it lies there.
 *
 * @param id what to call the model.
 */
export function splitNotice(id: string, { llama, gpuLayers, fileInsights }: Layered): string | undefined {
  const { totalLayers } = fileInsights;
  if (!llama.supportsGpuOffloading || gpuLayers >= totalLayers) return undefined;
  return `${gpuLayers} of ${totalLayers} layers of ${id} fit on the graphics card; the processor computes the others, which is slower.`;
}

function processorName(systemInfo: string, threads: number): string {
  const feature = CPU_FEATURES.find((name) => systemInfo.includes(`${name} = 1`));
  const model = cpus()[0]?.model.trim() ?? "CPU";
  return `${model} (CPU${feature === undefined ? "" : `, ${feature}`}), ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

function inGib(bytes: number): string {
  return (bytes / GIB).toFixed(1);
}
