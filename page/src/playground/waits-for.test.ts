import assert from "node:assert/strict";
import { test } from "node:test";
import { progressText } from "../../../src/telemetry/progress.ts";
import { emptyAnswer } from "./answer.ts";
import { readWait, waitOf } from "./waits-for.ts";

test("what the server says of a model that is fetched or loaded is understood", () => {
  const progress = { model: "owner/repo-GGUF:Q8_0", doneBytes: 45e6, totalBytes: 1e8 };
  assert.deepEqual(readWait(progressText(progress)), {
    state: "downloading",
    model: "owner/repo-GGUF:Q8_0",
    share: 0.45,
    total: "100 MB",
  });
  assert.deepEqual(readWait("loading owner/repo"), { state: "loading", model: "owner/repo" });
  assert.deepEqual(readWait("converting owner/repo:native"), { state: "converting", model: "owner/repo:native" });
});

test("anything else is a wait for nothing in particular", () => {
  for (const comment of ["waiting", "", "loading", "OPENROUTER PROCESSING"]) assert.equal(readWait(comment), undefined);
});

test("what the stream does not say yet, the list of models does: also of one that is fetched in the model's place", () => {
  const entry = { object: "model", created: 0, owned_by: "local" } as const;
  const tiny = {
    state: "downloading",
    bytes: 0,
    done_bytes: 45,
    total_bytes: 90_000_000,
    reference: "a/tiny",
  } as const;
  const models = [
    { ...entry, id: "local/chat", omniport: { state: "failed", bytes: 0 } as const },
    { ...entry, id: "local/tiny", omniport: tiny },
    { ...entry, id: "openai/gpt-4o" },
  ];
  const expected = { state: "downloading", model: "a/tiny", share: 45 / 90_000_000, total: "90 MB" };
  assert.deepEqual(waitOf(emptyAnswer("local/chat"), models), expected);
  assert.equal(waitOf(emptyAnswer("openai/gpt-4o"), models), undefined);
  const told = { ...emptyAnswer("local/chat"), waitsFor: "loading owner/repo" };
  assert.deepEqual(waitOf(told, models), { state: "loading", model: "owner/repo" });
});
