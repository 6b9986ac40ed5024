import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusal } from "../refusal.ts";
import { said } from "./error.ts";

function error(type: string, message: string): string {
  return JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });
}

describe("error", () => {
  const WORDINGS: readonly (readonly [body: string, status: number, code: string | null])[] = [
    [
      error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
      400,
      "context_length_exceeded",
    ],
    [
      error("invalid_request_error", "input length and `max_tokens` exceed context limit: 9 + 9 > 10"),
      400,
      "context_length_exceeded",
    ],
    [error("request_too_large", "Request exceeds the maximum allowed number of bytes."), 413, "request_too_large"],
    [error("billing_error", "Pay first."), 429, "insufficient_quota"],
    [error("not_found_error", "model: claude-0"), 404, "model_not_found"],
    [error("permission_error", "Not for you."), 403, null],
    [error("timeout_error", "Too slow."), 504, "timeout"],
    [error("api_error", "Internal server error"), 500, null],
    ["<html>", 500, null],
  ];
  for (const [body, status, code] of WORDINGS) {
    test(`${body.slice(0, 90)} is a ${status}`, () => {
      const { status: stated, ...words } = said(body, {});
      const thrown = refusal("Anthropic", [], stated ?? 500, words);
      assert.deepEqual([thrown.status, thrown.code], [status, code]);
    });
  }

  test("a spent limit says when it is renewed, unless the vendor says when to come back", () => {
    const headers = {
      "anthropic-ratelimit-requests-remaining": "7",
      "anthropic-ratelimit-requests-reset": new Date(Date.now() + 500_000).toISOString(),
      "anthropic-ratelimit-tokens-remaining": "0",
      "anthropic-ratelimit-tokens-reset": new Date(Date.now() + 20_000).toISOString(),
    };
    const seconds = said("{}", headers).retryAfterSeconds ?? 0;
    assert.ok(seconds > 10 && seconds <= 20, String(seconds));
    assert.equal(said("{}", { ...headers, "retry-after": "5" }).retryAfterSeconds, undefined);
  });
});
