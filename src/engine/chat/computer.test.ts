import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { describeComputer, splitNotice } from "./computer.ts";

type Described = Parameters<typeof describeComputer>[0];

const GIB = 2 ** 30;
const here = fileURLToPath(import.meta.url);
const nowhere = fileURLToPath(new URL("nowhere", import.meta.url));

const processor: Described = {
  gpu: false,
  supportsGpuOffloading: false,
  systemInfo: "CPU : SSE3 = 1 | AVX = 1 | AVX2 = 1 | AVX512 = 0 | ",
  getGpuDeviceNames: async () => [],
  getVramState: async () => ({ total: 0, used: 0, free: 0, unifiedSize: 0 }),
};

function card(gpu: "cuda" | "metal" | "vulkan", unifiedGib: number): Described {
  const vram = { total: 80 * GIB, used: 0.5 * GIB, free: 79.5 * GIB, unifiedSize: unifiedGib * GIB };
  return {
    ...processor,
    gpu,
    supportsGpuOffloading: true,
    getGpuDeviceNames: async () => ["NVIDIA H100", "NVIDIA H100"],
    getVramState: async () => vram,
  };
}

test("a processor is called by its name, with the widest of its vectors and the threads", async () => {
  const { name, freeVramBytes } = await describeComputer(processor, 2, undefined);
  assert.match(name, /^\S.* \(CPU, AVX2\), 2 threads$/);
  assert.equal(freeVramBytes, 0);
  assert.match((await describeComputer({ ...processor, systemInfo: "" }, 1, undefined)).name, / \(CPU\), 1 thread$/);
});

test("graphics cards are called by their names, with the memory that nobody uses", async () => {
  assert.deepEqual(await describeComputer(card("cuda", 0), 2, here), {
    name: "NVIDIA H100, NVIDIA H100 (CUDA, 79.5 of 80.0 GiB free)",
    freeVramBytes: 79.5 * GIB,
    hasIdleCard: false,
  });
});

test("what a card shares with the processor is not counted as its own memory", async () => {
  assert.equal((await describeComputer(card("metal", 80), 2, undefined)).freeVramBytes, 0);
  assert.equal((await describeComputer(card("vulkan", 60), 2, undefined)).freeVramBytes, 19.5 * GIB);
});

test("Vulkan without a card means the processor", async () => {
  assert.match((await describeComputer({ ...processor, gpu: "vulkan" }, 2, undefined)).name, /\(CPU, AVX2\)/);
});

test("an NVIDIA card that llama.cpp does not use is told of, unless none is wanted", async () => {
  const isIdle = async (device: string | undefined): Promise<boolean> =>
    (await describeComputer(processor, 2, device)).hasIdleCard;
  assert.deepEqual(await Promise.all([here, nowhere, undefined].map(isIdle)), [true, false, false]);
});

test("a model that a card has no room for is told of with its layers, one that lies there whole is not", () => {
  const layered = (gpuLayers: number, supportsGpuOffloading = true) =>
    splitNotice("owner/model", { llama: { supportsGpuOffloading }, gpuLayers, fileInsights: { totalLayers: 33 } });
  assert.match(layered(19) ?? "", /^19 of 33 layers of owner\/model fit on the graphics card;/);
  assert.deepEqual([layered(33), layered(0, false)], [undefined, undefined]);
});
