import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import { sendJson } from "./fakes/openai.ts";
import { post } from "./fronted.ts";
import { faults, runs, withFault } from "./fuzz.ts";
import { startOmniport, type TestServer } from "./omniport.ts";
import { allVendors } from "./vendors/index.ts";

/*
 * Requests that are nearly right, on their way through the whole server to every vendor's wire: what is wrong with them is
 * the client's fault, and said to be. The vendors refuse whatever gets to them.
 */

const IMAGE = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
const CALL = { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } };

const CHAT = {
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "hi" }, IMAGE] },
    { role: "assistant", content: null, tool_calls: [CALL] },
    { role: "tool", tool_call_id: "a", content: "1" },
  ],
  tools: [
    {
      type: "function",
      function: { name: "f", parameters: { type: "object", properties: { x: { type: "integer" } } } },
    },
  ],
  tool_choice: { type: "function", function: { name: "f" } },
  response_format: {
    type: "json_schema",
    json_schema: { name: "s", schema: { type: "object", properties: { y: {} } } },
  },
  stream: false,
  stream_options: { include_usage: true },
  stop: ["x"],
  n: 1,
  temperature: 1,
  reasoning_effort: "low",
  logit_bias: { "1": 2 },
  metadata: { a: "b" },
};
const EMBEDDINGS = { input: ["a", "b"], dimensions: 3, encoding_format: "float" };

let server: TestServer;
let calls = 0;
const vendor = createServer((request, response) => {
  calls++;
  request.resume();
  sendJson(response, { error: { message: "No." } }, 400);
});

before(async () => {
  vendor.listen(0, "127.0.0.1");
  await once(vendor, "listening");
  const origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  server = await startOmniport(Object.assign({}, ...allVendors.map((vendor) => vendor.environment(origin))));
});

after(async () => {
  await server.close();
  vendor.close();
  assert.ok(calls > 0, "some requests are right enough for a vendor");
});

async function assertRefused(path: string, body: unknown): Promise<void> {
  const response = await post(server.url + path, JSON.stringify(body) ?? "");
  const { status } = response;
  const text = await response.text();
  assert.ok(status >= 400 && status < 500, `${status}: ${text}`);
  const { error } = JSON.parse(text) as { error: { message: unknown; type: unknown } };
  assert.ok(typeof error.message === "string" && typeof error.type === "string", text);
}

for (const { model } of allVendors) {
  for (const [path, request] of [
    ["/v1/chat/completions", { model, ...CHAT }],
    ["/v1/embeddings", { model, ...EMBEDDINGS }],
  ] as const) {
    test(`${path}: whatever is wrong with a request to ${model} is a 4xx`, async () => {
      const property = fc.asyncProperty(faults, async (faults) =>
        assertRefused(path, faults.reduce(withFault, request as unknown)),
      );
      await fc.assert(property, runs(60));
    });
  }
}
