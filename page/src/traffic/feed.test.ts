import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallPage, CallSummary } from "../../../src/api/admin.ts";
import { type Feed, fits, withLive, withNewest, withOlder } from "./feed.ts";

function call(request_id: string, fields: Partial<CallSummary> = {}): CallSummary {
  const facts = { operation: "chat", stream: false, model: "local/chat", outcome: "complete" } as const;
  return { request_id, at: 1, ...facts, duration_ms: 1, attempts: 1, ...fields };
}

function page(ids: readonly string[], next: number | null): CallPage {
  return { data: ids.map((id) => call(id)), next, recording: { calls: true, content: false } };
}

function ids({ calls }: Feed): readonly string[] {
  return calls.map(({ request_id }) => request_id);
}

test("calls that come while the first page is asked for stand on top of it, once", () => {
  const feed = withNewest(page(["c", "b"], 7), [call("e"), call("d"), call("c")]);
  assert.deepEqual(ids(feed), ["e", "d", "c", "b"]);
  assert.equal(feed.next, 7);
});

test("another call with the same id is another call", () => {
  const feed = withLive({ calls: [call("a")], next: null }, call("a", { at: 2 }));
  assert.deepEqual(ids(feed), ["a", "a"]);
});

test("an older page goes below, and says where the next one begins", () => {
  const feed = withOlder({ calls: [call("c"), call("b")], next: 2 }, page(["b", "a"], null));
  assert.deepEqual(ids(feed), ["c", "b", "a"]);
  assert.equal(feed.next, null);
});

test("the filter is for the name that was asked for, the model that answered, and the outcome", () => {
  const failed = call("a", { model: "fast", target: "openai/gpt-4o", outcome: "failed" });
  assert.ok(fits(failed, {}));
  assert.ok(fits(failed, { model: "fast" }));
  assert.ok(fits(failed, { model: "openai/gpt-4o", outcome: "failed" }));
  assert.ok(!fits(failed, { model: "gpt-4o" }));
  assert.ok(!fits(failed, { outcome: "complete" }));
});
