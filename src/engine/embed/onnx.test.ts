import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { createGraphWriter, FLOAT, INT32 } from "./onnx.ts";

test("ONNX Runtime computes what the graph says, with weights from a file beside it", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "omniport-onnx-"));
  t.after(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "table.bin"), Buffer.from(Float32Array.of(99, 1, 2, 3, 4, 5, 6).buffer));

  const graph = createGraphWriter("test");
  const table = { name: "table", dtype: "F32", shape: [3, 2], file: "table.bin", offset: 4, byteLength: 24 } as const;
  const rows = graph.node("Gather", [graph.weight(table), graph.input("ids", INT32, ["batch"])]);
  const swapped = graph.node("Transpose", [rows], { perm: { ints: [1, 0] } });
  const scaled = graph.node("Mul", [swapped, graph.input("factor", FLOAT, [1])]);
  graph.output("result", graph.node("LeakyRelu", [scaled], { alpha: { float: 0.5 } }), [2, "batch"]);
  await writeFile(join(directory, "graph.onnx"), graph.bytes());

  const session = await InferenceSession.create(join(directory, "graph.onnx"));
  t.after(() => session.release());
  const ids = new Tensor("int32", Int32Array.of(2, 0), [2]);
  const { result } = await session.run({ ids, factor: new Tensor("float32", [-2], [1]) });
  assert.deepEqual(result?.dims, [2, 2]);
  assert.deepEqual(result?.data, Float32Array.of(-5, -1, -6, -2));
});
