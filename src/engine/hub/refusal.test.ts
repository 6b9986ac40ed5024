import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "./refusal.ts";

const asked = { endpoint: "https://hub.example", repo: "a/b", hasToken: false };
const withToken = { ...asked, hasToken: true };

test("each refusal of the hub has its own code", () => {
  const cases = [
    ["gated", 401, { "x-error-code": "GatedRepo" }, asked],
    ["gated", 403, { "x-error-code": "GatedRepo" }, withToken],
    ["gated", 403, { "x-error-message": "Access to this resource is disabled." }, asked],
    ["bad_token", 401, { "x-error-message": "Invalid credentials in Authorization header" }, withToken],
    ["bad_token", 401, {}, withToken],
    ["model_not_found", 401, { "x-error-message": "Invalid username or password." }, asked],
    ["model_not_found", 404, { "x-error-code": "RepoNotFound" }, withToken],
    ["model_not_found", 404, { "x-error-code": "RevisionNotFound" }, asked],
    ["model_not_found", 404, { "x-error-code": "EntryNotFound" }, asked],
    ["no_network", 503, {}, asked],
    ["no_network", 429, {}, asked],
    ["no_network", 403, { "content-type": "text/html" }, asked],
  ] as const;
  for (const [code, status, headers, who] of cases)
    assert.equal(refusal({ status, headers }, "", who).code, code, JSON.stringify([status, headers]));
});

test("a gated repository's error names the page of its licence, and the token", () => {
  const { message } = refusal({ status: 401, headers: { "x-error-code": "GatedRepo" } }, "", asked);
  assert.match(message, /https:\/\/hub\.example\/a\/b.*HF_TOKEN/);
});
