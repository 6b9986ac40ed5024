import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "../refusal.ts";
import { said } from "./error.ts";

/** The error that a client sees. */
function shown(status: number, error: object): object {
  const { status: stated, retryAfterSeconds, ...rest } = said(JSON.stringify({ error }));
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  const {
    status: code,
    type,
    code: word,
    headers: kept,
  } = refusal("Gemini", ["secret"], stated ?? status, rest, headers);
  return { status: code, type, code: word, headers: kept };
}

const QUOTA = "You exceeded your current quota, please check your plan and billing details.";
const retryInfo = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" };
const quota = (quotaId: string) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId }],
});

test("a limit for a minute says when to come back; one for the day does not", () => {
  const details = [quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), retryInfo];
  assert.deepEqual(shown(429, { code: 429, message: QUOTA, status: "RESOURCE_EXHAUSTED", details }), {
    status: 429,
    type: "rate_limit_error",
    code: "rate_limit_exceeded",
    headers: { "retry-after": "35" },
  });
  const day = [quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), retryInfo];
  assert.deepEqual(shown(429, { code: 429, message: QUOTA, status: "RESOURCE_EXHAUSTED", details: day }), {
    status: 429,
    type: "insufficient_quota",
    code: "insufficient_quota",
    headers: {},
  });
});

test("a wrong key is a 401, an unknown model a 404, a long prompt says so", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }];
  const seen = (status: number, message: string, more: object = {}): unknown[] => {
    const { status: code, code: word } = shown(status, { code: status, message, ...more }) as Record<string, unknown>;
    return [code, word];
  };
  assert.deepEqual(seen(400, "API key expired.", { details }), [401, "invalid_api_key"]);
  assert.deepEqual(seen(404, "models/x is not found for API version v1beta"), [404, "model_not_found"]);
  const long = "The input token count (9) exceeds the maximum number of tokens allowed (8).";
  assert.deepEqual(seen(400, long, { status: "INVALID_ARGUMENT" }), [400, "context_length_exceeded"]);
  assert.deepEqual(seen(503, "The model is overloaded.", { status: "UNAVAILABLE" }), [503, "unavailable"]);
});

test("an error in an array is read, and what is no JSON says nothing", () => {
  assert.deepEqual(said('[{"error":{"code":400,"message":"No","status":"INVALID_ARGUMENT"}}]'), {
    message: "No",
    code: "invalid_argument",
  });
  assert.deepEqual(said("<html>"), {});
  assert.deepEqual(said("null"), {});
});
