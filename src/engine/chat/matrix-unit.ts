import type { GgmlType, Llama, LlamaModel } from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { isStack } from "../formats/gguf.ts";
import { importNodeLlamaCpp } from "./llama.ts";

/** Products with matrices that are stored so are computed on the unit. */
const TYPES = ["F16", "Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS"] as const;

type Processor = Pick<Llama, "supportsGpuOffloading" | "systemInfo">;

/** A loaded model, as far as it tells what it is made of. */
interface Loaded {
  readonly llama: Processor;
  readonly fileInfo: Pick<LlamaModel["fileInfo"], "fullTensorInfo">;
}

/**
 * Whether llama.cpp computes on Intel's matrix unit (AMX), in half to a third of the time. What it does there is right for
 * one matrix and one sequence at a time only: for more, it takes wrong numbers, and writes over what lies elsewhere. So
 * sequences with a state, for each of which there is a product of its own, take turns; of stacks of matrices see below.
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-cpu/amx/mmq.cpp (`ggml_backend_amx_mul_mat`)
 */
export function hasMatrixUnit({ supportsGpuOffloading, systemInfo }: Processor): boolean {
  // Beside a graphics card, weights lie in memory that the card can read, too, and the unit is not used.
  return !supportsGpuOffloading && systemInfo.includes("AMX_INT8 = 1");
}

/**
 * Refuses stacks of matrices, such as those that make the keys of all heads, where they would be computed on the matrix
 * unit: that ends the process. Experts are computed in another way. What is converted here has such stacks in 32 bits.
 * @throws EngineError `unsupported`
 */
export async function requireSingleMatrices({ llama, fileInfo }: Loaded, id: string): Promise<void> {
  if (!hasMatrixUnit(llama)) return;
  const { GgmlType } = await importNodeLlamaCpp();
  const types: ReadonlySet<GgmlType> = new Set(TYPES.map((name) => GgmlType[name]));
  const stack = fileInfo.fullTensorInfo?.find(
    ({ name, dimensions, ggmlType }) => isStack(name, dimensions) && types.has(ggmlType),
  );
  if (stack === undefined) return;
  throw new EngineError("unsupported", say.stackOnMatrixUnit(id, stack.name, GgmlType[stack.ggmlType]));
}
