import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { type Call, codeOf } from "./code.ts";

const origin = "http://127.0.0.1:8000";
const chat: Call = {
  method: "post",
  path: "/v1/chat/completions",
  operationId: "createChatCompletion",
  origin,
  body: { model: "local/chat", messages: [{ role: "user", content: "It's 臺北" }], stream: true },
};
const session: Call = { method: "delete", path: "/admin/session", operationId: "signOut", origin };

test("the shell hands curl the body as it is, quotes and all", { skip: process.platform === "win32" }, () => {
  const shell = `curl() { for last; do :; done; printf %s "$last"; }\n${codeOf("curl", chat)}`;
  assert.deepEqual(JSON.parse(execFileSync("/bin/sh", ["-c", shell], { encoding: "utf8" })), chat.body);
});

test("curl: a stream is not held back, and another method is named", () => {
  assert.match(codeOf("curl", chat), /^curl -N \\\n {2}http:\/\/127\.0\.0\.1:8000\/v1\/chat\/completions \\\n/);
  assert.match(codeOf("curl", session), /^curl -X DELETE \\\n/);
});

test("Python: OpenAI's client where it has a function, with Python's own words", () => {
  assert.equal(
    codeOf("python", chat),
    `from openai import OpenAI

client = OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="dummy-key")

answer = client.chat.completions.create(
    model="local/chat",
    messages=[{"role": "user", "content": "It's 臺北"}],
    stream=True,
)
for chunk in answer:
    print(chunk)`,
  );
});

test("Python: else requests", () => {
  const { path, method } = session;
  assert.equal(
    codeOf("python", { ...session, path, method }),
    `import requests

answer = requests.delete(
    "http://127.0.0.1:8000/admin/session",
    headers={"Authorization": "Bearer dummy-key"},
)
answer.raise_for_status()
print(answer.json())`,
  );
});

test("Node: what is written is JavaScript with the same body", () => {
  const code = codeOf("node", chat);
  const [, body = ""] = /create\((\{[\s\S]+\})\);/.exec(code) ?? [];
  assert.deepEqual(JSON.parse(JSON.stringify(runInNewContext(`(${body})`))), chat.body);
});

test("Node: else fetch", () => {
  assert.match(
    codeOf("node", session),
    /^const response = await fetch\("http:\/\/127\.0\.0\.1:8000\/admin\/session", \{\n {2}method: "DELETE"/,
  );
});
