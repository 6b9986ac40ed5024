import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { convertedFile } from "../convert/converted.ts";
import { familyModel } from "../convert/fixtures/models.ts";
import { never, tinyModel } from "./fixtures/tiny.ts";
import { ON_PROCESSOR } from "./concurrency.ts";
import { chatMemoryNeed } from "./memory-need.ts";

const path = join(tinyModel("llama-3").snapshot.directory, "model.gguf");

test("a model needs its weights and a cache for one conversation at least, for several at best", async () => {
  const one = await chatMemoryNeed("m", path, { contextTokens: 256, concurrency: { ...ON_PROCESSOR, maxRunning: 1 } });
  const four = await chatMemoryNeed("m", path, { contextTokens: 256, concurrency: ON_PROCESSOR });
  const cacheBytes = one.leastBytes - one.fixedBytes;
  assert.ok(one.fixedBytes > (await stat(path)).size);
  assert.ok(cacheBytes > 0 && cacheBytes % 256 === 0, String(cacheBytes));
  assert.equal(one.bestBytes, one.leastBytes);
  assert.equal(four.bestBytes - four.fixedBytes, 4 * cacheBytes);
});

test("a context longer than the model was trained on is counted as long as that", async () => {
  const long = await chatMemoryNeed("m", path, { contextTokens: 1_000_000, concurrency: ON_PROCESSOR });
  const trained = await chatMemoryNeed("m", path, { contextTokens: 512, concurrency: ON_PROCESSOR });
  assert.equal(long.leastBytes, trained.leastBytes);
});

test("all parts of a model in several parts are counted", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "parts-"));
  t.after(() => rm(directory, { recursive: true }));
  const parts = [1, 2].map((number) => join(directory, `model-0000${number}-of-00002.gguf`));
  for (const part of parts) await copyFile(path, part);
  const wish = { contextTokens: 256, concurrency: ON_PROCESSOR };
  const [whole, split] = await Promise.all([path, parts[0] ?? ""].map((file) => chatMemoryNeed("m", file, wish)));
  assert.equal((split?.fixedBytes ?? 0) - (whole?.fixedBytes ?? 0), (await stat(path)).size);
});

test("of a model with layers that keep a state, the state is counted once a conversation", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "state-"));
  t.after(() => rm(directory, { recursive: true }));
  const conversion = { cacheDirectory: join(directory, "cache"), quantization: "native", threads: 1 };
  const memory = { bytes: 1e9, setting: "" };
  const snapshot = familyModel("nemotron-h", directory);
  const file = await convertedFile(snapshot, { ...conversion, memory, onNotice: () => undefined }, never);
  const needs = await Promise.all(
    [256, 512].map((contextTokens) => chatMemoryNeed("m", file, { contextTokens, concurrency: ON_PROCESSOR })),
  );
  const [short = 0, long = 0] = needs.map(({ leastBytes, fixedBytes }) => leastBytes - fixedBytes);
  const tokenBytes = 2 * 16 * 2; // one layer of attention
  const stateBytes = 2 * (3 * (32 + 2 * 2 * 8) + 32 * 8) * 4; // two of Mamba
  assert.equal(long - short, 256 * tokenBytes);
  assert.equal(short, 256 * tokenBytes + 2 * stateBytes); // one to go back to
});
