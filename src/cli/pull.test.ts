import assert from "node:assert/strict";
import { test } from "node:test";
import { guessPurpose } from "./pull.ts";

test("what a model is for is read from its name", () => {
  for (const name of [
    "local/embed",
    "sentence-transformers/all-MiniLM-L6-v2",
    "huggingface/sentence-transformers/all-MiniLM-L6-v2",
    "hf/bge-large-zh-v1.5",
    "BAAI/bge-m3",
    "intfloat/multilingual-e5-small",
    "nomic-ai/nomic-embed-text-v1.5",
  ]) {
    assert.equal(guessPurpose(name), "embedding", name);
  }
  for (const name of ["local/chat", "local/tiny", "Qwen/Qwen3-0.6B-GGUF:Q8_0", "./models/mine", "/models/mine.gguf"]) {
    assert.equal(guessPurpose(name), "chat", name);
  }
});
