import assert from "node:assert/strict";
import { test } from "node:test";
import { progressText } from "../../../src/telemetry/progress.ts";
import { readWait } from "./waits-for.ts";

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
