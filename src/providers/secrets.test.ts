import assert from "node:assert/strict";
import { test } from "node:test";
import { secretsOf, withoutKeys, withoutSecrets } from "./secrets.ts";

const KEY = "9f8e7d6c-live-5b4a39281706";
const secrets = secretsOf({ key: KEY, headers: { authorization: "Basic bWU6aHVzaDEy", "x-team": "search" } });

test("secrets are the key and the words of the headers that are long enough to be one", () => {
  assert.deepEqual(secrets, [KEY, "bWU6aHVzaDEy"]);
  assert.deepEqual(secretsOf({ key: undefined, headers: {} }), []);
});

for (const [said, shown] of [
  [`Incorrect API key provided: ${KEY}.`, "Incorrect API key provided: [key]."],
  [`Incorrect API key provided: 9f8e7d6c...1706.`, "Incorrect API key provided: [key]."],
  [`Key 9f8e7…706 is not valid`, "Key [key] is not valid"],
  [`Key ...281706 is not valid`, "Key [key] is not valid"],
  [`Key 9f8e7d**************1706 is not valid`, "Key [key] is not valid"],
  [`no such key: 5b4a39281706`, "no such key: [key]"],
  [`the header was Basic bWU6aHVzaDEy`, "the header was Basic [key]"],
  ["Invalid key sk-proj-somebody-elses12", "Invalid key [key]"],
  ["Incorrect API key provided: sk-abc***.", "Incorrect API key provided: [key]."],
] as const) {
  test(`«${said}» is shown without the key`, () => assert.equal(withoutKeys(said, secrets), shown));
}

for (const said of [
  "Please wait... then try again after 20 s",
  "The model gpt-4o-2024-08-06 is live...",
  "search for team 12345678",
]) {
  test(`«${said}» is shown as it is`, () => assert.equal(withoutKeys(said, secrets), said));
}

test("a code may look like a key, and is none", () => {
  assert.equal(withoutSecrets("hf_rate_limit", secrets), "hf_rate_limit");
  assert.equal(withoutSecrets(`invalid:${KEY}`, secrets), "invalid:[key]");
});
