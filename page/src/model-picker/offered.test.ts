import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalModelState, Model } from "../../../src/api/models.ts";
import { groupModels } from "./offered.ts";

const model = (id: string, omniport?: Partial<LocalModelState>): Model => ({
  id,
  object: "model",
  created: 0,
  owned_by: "x",
  ...(omniport && { omniport: { state: "ready", bytes: 1, ...omniport } }),
});

const OFFERED: readonly Model[] = [
  model("openai/gpt-4o"),
  model("openai/text-embedding-3-small"),
  model("claude/claude-sonnet-4-5"),
  model("best"),
  model("local/chat", { state: "absent" }),
  model("local/embed", { purpose: "embedding" }),
  model("huggingface/owner/vectors", { purpose: "embedding" }),
  model("huggingface/cross-encoder/ms-marco", { purpose: "rerank" }),
];

const names = (use: "chat" | "embeddings", search: string): readonly (readonly [string, ...string[]])[] =>
  groupModels(OFFERED, use, search).map((group) => [group.name, ...group.models.map(({ id }) => id)]);

test("this machine's models come first, then the user's own names, then the providers by name", () => {
  assert.deepEqual(names("chat", ""), [
    ["local", "local/chat"],
    ["alias", "best"],
    ["claude", "claude/claude-sonnet-4-5"],
    ["openai", "openai/gpt-4o"],
  ]);
});

test("models for vectors are known by what this machine says of them, others by their names", () => {
  assert.deepEqual(names("embeddings", ""), [
    ["local", "local/embed", "huggingface/owner/vectors"],
    ["openai", "openai/text-embedding-3-small"],
  ]);
});

test("a search has all its words anywhere in the name", () => {
  assert.deepEqual(names("chat", "SONNET claude"), [["claude", "claude/claude-sonnet-4-5"]]);
  assert.deepEqual(names("chat", "nothing"), []);
});
