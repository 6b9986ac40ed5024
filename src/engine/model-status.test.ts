import assert from "node:assert/strict";
import { test } from "node:test";
import { say } from "../messages/say.ts";
import { createActivities } from "./activities.ts";
import { modelStatus, modelStatuses, referenceOf } from "./model-status.ts";

const defaults = { chat: "owner/chat-GGUF:Q8_0", tiny: "owner/tiny-GGUF", embed: "owner/embed" };
const kept = [
  { name: "owner/tiny-GGUF:Q4_1", purpose: "chat", bytes: 5, loaded: true, memoryBytes: 7, calls: 1 },
  { name: "owner/plain", purpose: "chat", bytes: 6 },
] as const;

test("defaults come first, then what is on disk, then what is on its way; what failed is not listed", () => {
  const all = modelStatuses(
    kept,
    [
      { model: "owner/chat-GGUF:Q8_0", state: "downloading", doneBytes: 1, totalBytes: 2 },
      { model: "owner/plain", state: "converting" },
      { model: "owner/none", state: "failed", error: say.notOnDisk("owner/none") },
    ],
    defaults,
  );
  assert.deepEqual(all, [
    {
      name: "local/chat",
      state: "downloading",
      reference: "owner/chat-GGUF:Q8_0",
      bytes: 0,
      doneBytes: 1,
      totalBytes: 2,
    },
    {
      name: "local/tiny",
      state: "loaded",
      reference: "owner/tiny-GGUF",
      bytes: 5,
      purpose: "chat",
      memoryBytes: 7,
      calls: 1,
    },
    { name: "local/embed", state: "absent", reference: "owner/embed", bytes: 0 },
    { name: "owner/tiny-GGUF:Q4_1", state: "loaded", bytes: 5, purpose: "chat", memoryBytes: 7, calls: 1 },
    { name: "owner/plain", state: "converting", bytes: 6, purpose: "chat" },
    { name: "owner/chat-GGUF:Q8_0", state: "downloading", bytes: 0, doneBytes: 1, totalBytes: 2 },
  ]);
});

test("one model is told by its name, whatever its state", () => {
  const failed = [{ model: "owner/none", state: "failed", error: say.notOnDisk("owner/none") }] as const;
  assert.deepEqual(modelStatus("owner/none", kept, failed, defaults), {
    name: "owner/none",
    state: "failed",
    bytes: 0,
    error: say.notOnDisk("owner/none"),
  });
  assert.equal(modelStatus("owner/plain", kept, [], defaults).state, "ready");
  assert.equal(modelStatus("owner/other", kept, [], defaults).state, "absent");
  assert.throws(() => modelStatus("a/b/c", kept, [], defaults), { code: "bad_request" });
  assert.equal(referenceOf("bge-small", defaults), "BAAI/bge-small");
});

test("of activities the latest of each model counts, and an idle one is none", () => {
  const { tell, of, all, listen, clear } = createActivities();
  const heard: string[] = [];
  const stop = listen(({ state }) => heard.push(state));
  tell({ model: "a", state: "downloading", doneBytes: 1, totalBytes: 2 });
  tell({ model: "a", state: "loading" });
  assert.equal(of("a")?.state, "loading");
  tell({ model: "a", state: "idle" });
  stop();
  assert.deepEqual([of("a"), all(), heard], [undefined, [], ["downloading", "loading", "idle"]]);
  for (let i = 0; i < 300; i++) tell({ model: `m${i}`, state: "loading" });
  assert.deepEqual([all().length, all()[0]?.model], [200, "m100"]);
  clear();
  assert.deepEqual(all(), []);
});
