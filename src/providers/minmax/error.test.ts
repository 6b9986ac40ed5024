import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "../refusal.ts";
import { said } from "./error.ts";

const NUMBERS: readonly (readonly [number, number, string | null])[] = [
  [1000, 502, "1000"],
  [1001, 504, "timeout"],
  [1002, 429, "rate_limit_exceeded"],
  [1004, 401, "invalid_api_key"],
  [1008, 429, "insufficient_quota"],
  [1026, 400, "content_policy_violation"],
  [1039, 429, "rate_limit_exceeded"],
  [1042, 400, "1042"],
  [2013, 400, "2013"],
  [2049, 401, "invalid_api_key"],
  [2056, 429, "insufficient_quota"],
  [9999, 502, "9999"],
];

function read(httpStatus: number, body: object | string): { status: number; code: string | null } {
  const { status, ...words } = said(typeof body === "string" ? body : JSON.stringify(body));
  const error = refusal("MiniMax", ["key"], status ?? httpStatus, words);
  return { status: error.status, code: error.code };
}

test("MiniMax's numbers count, in `base_resp` and at the end of a message, whatever HTTP says", () => {
  for (const [number, status, code] of NUMBERS) {
    assert.deepEqual(read(200, { base_resp: { status_code: number, status_msg: "no" } }), { status, code });
    const message = `no (${number})`;
    if (number < 9999) assert.deepEqual(read(500, { type: "error", error: { type: "x", message } }), { status, code });
  }
});

test("a prompt that is too long is told from other wrong requests", () => {
  const message = "invalid params, context window exceeds limit (2013)";
  assert.deepEqual(read(400, { error: { message } }), { status: 400, code: "context_length_exceeded" });
});

test("without a number the status counts", () => {
  assert.deepEqual(read(503, "<html>"), { status: 503, code: null });
  assert.deepEqual(read(500, { error: { message: "no", http_code: "404" } }), { status: 404, code: null });
});
