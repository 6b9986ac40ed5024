import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Snapshot } from "../model.ts";
import { family, folderSnapshot } from "./fixtures/tiny.ts";
import { applySteps, dimensionsAfter, loadSteps } from "./steps.ts";

const DENSE = [{ kind: "Dense", path: "2_Dense" }] as const;

test("steps are taken in their order, and the last that changes the length decides it", async () => {
  const { snapshot } = family("distilbert");
  const steps = await loadSteps(snapshot, [...DENSE, { kind: "Normalize", path: "3_Normalize" }]);
  assert.equal(dimensionsAfter(steps, 32), 24);
  const vector = applySteps(steps, new Float32Array(32).fill(0.1));
  assert.equal(vector.length, 24);
  assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6);
  assert.equal(dimensionsAfter([], 32), 32);
});

test("settings and weights that do not fit are named", async (t) => {
  const refused = [
    [{ activation_function: "torch.nn.modules.activation.Mish" }, /activation_function "Mish".*Identity, Tanh/],
    [{ module_input_name: "token_embeddings" }, /module_input_name "token_embeddings".*sentence_embedding/],
    [{ use_residual: true }, /use_residual "true"/],
    [{ out_features: 25 }, /2_Dense has a linear\.weight of 768 numbers; its config\.json wants 800/],
  ] as const;
  for (const [change, message] of refused) {
    const snapshot = await withDense(t, { in_features: 32, out_features: 24, ...change });
    await assert.rejects(loadSteps(snapshot, DENSE), message);
  }
});

async function withDense(t: TestContext, config: object): Promise<Snapshot> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-steps-"));
  t.after(() => rm(directory, { recursive: true }));
  await cp(family("distilbert").snapshot.directory, directory, { recursive: true });
  await writeFile(join(directory, "2_Dense", "config.json"), JSON.stringify(config));
  return folderSnapshot(directory);
}
