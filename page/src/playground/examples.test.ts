import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { ChatCompletionRequest } from "../../../src/api/chat.ts";
import { EXAMPLES } from "./examples.ts";

const TARGET = { baseUrl: "http://127.0.0.1:8000/v1", needsKey: false };

/** Words that a shell, Python or JavaScript could take for something else. */
const REQUEST: ChatCompletionRequest = {
  model: "local/chat",
  messages: [
    { role: "system", content: `It's "quoted" \\n $HOME \`ls\` 港 \u2028` },
    { role: "user", content: [{ type: "text", text: '\'; rm -rf /\nhello: "x": 1' }] },
  ],
  temperature: 0.2,
  stop: ["'''", "\\"],
  tools: [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {}, strict: null } } }],
  response_format: { type: "json_schema", json_schema: { name: "answer", schema: { additionalProperties: false } } },
  stream: true,
};

test("curl: a shell gives it exactly the request", () => {
  const script = EXAMPLES.curl(REQUEST, TARGET).replace(/^curl/, "curl() { printf '%s' \"${@: -1}\"; }; curl");
  assert.deepEqual(JSON.parse(execFileSync("bash", ["-c", script], { encoding: "utf8" })), REQUEST);
});

test("Node: the client is called with exactly the request", async () => {
  const [call = ""] = /await client[\s\S]*\}\);\n/.exec(EXAMPLES.node(REQUEST, TARGET)) ?? [];
  const body = call.replace(/^await client\.chat\.completions\.create\(/, "").replace(/\);\n$/, "");
  const { default: read } = (await import(`data:text/javascript,${encodeURIComponent(`export default ${body}`)}`)) as {
    default: unknown;
  };
  assert.deepEqual(read, REQUEST);
});

test("Python: the client is called with exactly the request", () => {
  assert.equal(
    EXAMPLES.python(
      { model: "m", messages: [{ role: "user", content: 'It\'s "x"\n港' }], seed: null, stop: ["a"], logprobs: true },
      TARGET,
    ),
    `from openai import OpenAI

client = OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="no-key-needed")

stream = client.chat.completions.create(
    model="m",
    messages=[{"role": "user", "content": "It's \\"x\\"\\n港"}],
    seed=None,
    stop=["a"],
    logprobs=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
  );
});

test("a server with a key is sent it from the environment", () => {
  const withKey = { ...TARGET, needsKey: true };
  assert.match(EXAMPLES.curl(REQUEST, withKey), /-H "Authorization: Bearer \$OMNIPORT_API_KEY" \\\n/);
  assert.match(EXAMPLES.python(REQUEST, withKey), /^import os\n[\s\S]*api_key=os\.environ\["OMNIPORT_API_KEY"\]/);
  assert.match(EXAMPLES.node(REQUEST, withKey), /apiKey: process\.env\.OMNIPORT_API_KEY /);
});
