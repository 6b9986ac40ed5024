import assert from "node:assert/strict";
import { test } from "node:test";
import { betaUrl } from "./prefix.ts";

test("DeepSeek's own address has a beta beside it; what others have is not known", () => {
  for (const own of ["https://api.deepseek.com", "https://api.deepseek.com/v1", "https://api.deepseek.com/beta"]) {
    assert.equal(betaUrl(own), "https://api.deepseek.com/beta");
  }
  assert.equal(betaUrl("http://10.0.0.1:8000/beta"), "http://10.0.0.1:8000/beta");
  assert.equal(betaUrl("http://10.0.0.1:8000/v1"), undefined);
});
