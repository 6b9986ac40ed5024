import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tinyModel } from "./fixtures/tiny.ts";
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
