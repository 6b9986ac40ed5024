import assert from "node:assert/strict";
import { test } from "node:test";
import { GgmlType } from "node-llama-cpp";
import { EngineError } from "../errors.ts";
import { hasMatrixUnit, requireSingleMatrices } from "./matrix-unit.ts";

const WITH_UNIT = { supportsGpuOffloading: false, systemInfo: "CPU : AVX512 = 1 | AMX_INT8 = 1 | REPACK = 1 | " };

test("the matrix unit counts where the processor has one and computes", () => {
  assert.ok(hasMatrixUnit(WITH_UNIT));
  assert.ok(!hasMatrixUnit({ ...WITH_UNIT, supportsGpuOffloading: true }));
  assert.ok(!hasMatrixUnit({ ...WITH_UNIT, systemInfo: "CPU : AVX512 = 1 | REPACK = 1 | " }));
});

/** A model whose file has but this one tensor. */
function modelWith(
  name: string,
  dimensions: readonly number[],
  ggmlType: GgmlType,
  systemInfo = WITH_UNIT.systemInfo,
): Parameters<typeof requireSingleMatrices>[0] {
  const tensor = { name, dimensions: [...dimensions], ggmlType, offset: 0, fileOffset: 0, filePart: 1 };
  return { llama: { ...WITH_UNIT, systemInfo }, fileInfo: { fullTensorInfo: [tensor] } };
}

test("a stack of matrices that the unit would compute is refused, with what to do about it", async () => {
  await assert.rejects(
    requireSingleMatrices(modelWith("blk.0.attn_k_b.weight", [128, 512, 16], GgmlType.Q8_0), "a/b"),
    (error) => {
      assert.ok(error instanceof EngineError);
      assert.equal(error.code, "unsupported");
      assert.match(error.message, /a\/b.*AMX.*'blk\.0\.attn_k_b\.weight' as Q8_0.*safetensors/);
      return true;
    },
  );
});

test("single matrices, experts, and what the unit does not compute are borne; and all where there is no unit", async () => {
  await requireSingleMatrices(modelWith("blk.0.attn_q.weight", [128, 512], GgmlType.Q8_0), "a/b");
  await requireSingleMatrices(modelWith("blk.0.ffn_up_exps.weight", [128, 512, 16], GgmlType.Q4_K), "a/b");
  await requireSingleMatrices(modelWith("blk.0.attn_k_b.weight", [128, 512, 16], GgmlType.F32), "a/b");
  await requireSingleMatrices(
    modelWith("blk.0.attn_k_b.weight", [128, 512, 16], GgmlType.Q8_0, "CPU : AVX2 = 1"),
    "a/b",
  );
});
