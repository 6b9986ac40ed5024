import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { post } from "../fronted.ts";
import { allVendors } from "./index.ts";
import { TOOLS } from "./tools.ts";
import { type Fronted, startVendors, type Vendor } from "./vendor.ts";

/** Fields of OpenAI's requests, each with what is to be found of it in a vendor's request. */
const FIELDS: readonly (readonly [fields: Readonly<Record<string, unknown>>, mark: RegExp])[] = [
  [{ temperature: 0.37 }, /0\.37/],
  [{ top_p: 0.83 }, /0\.83/],
  [{ presence_penalty: 0.41 }, /0\.41/],
  [{ frequency_penalty: 0.43 }, /0\.43/],
  [{ max_tokens: 5151 }, /5151/],
  [{ max_completion_tokens: 5353 }, /5353/],
  [{ seed: 424_242 }, /424242/],
  [{ stop: ["halt-here"] }, /halt-here/],
  [{ logprobs: true, top_logprobs: 3 }, /logprobs/],
  [{ logit_bias: { 31337: 7 } }, /31337/],
  [{ user: "anna-1" }, /anna-1/],
  [{ safety_identifier: "anna-2" }, /anna-2/],
  [{ metadata: { team: "blue-3" } }, /blue-3/],
  [{ prompt_cache_key: "cache-4" }, /cache-4/],
  [{ service_tier: "flex" }, /flex/],
  [{ store: true }, /"store":true/],
  [{ verbosity: "low" }, /"low"/],
  [{ prediction: { type: "content", content: "guess-5" } }, /guess-5/],
  [{ modalities: ["text", "audio"], audio: { voice: "voice-6", format: "wav" } }, /voice-6/],
  [{ web_search_options: { search_context_size: "medium" } }, /web_search_options/],
  [{ tools: TOOLS, parallel_tool_calls: false }, /parallel_tool_calls|disable_parallel_tool_use/],
  [
    { tools: TOOLS, tool_choice: { type: "function", function: { name: "weather" } } },
    /tool_choice|allowedFunctionNames/,
  ],
  [{ functions: [{ name: "old-7" }] }, /old-7/],
  [{ brand_new_field: "new-8" }, /new-8/],
];

describe("no field of a request is lost without a word: it reaches the vendor, or the receipt or an error names it", () => {
  for (const vendor of allVendors) {
    test(vendor.model, async () => {
      await using fronted = await startVendors([vendor]);
      const lost: string[] = [];
      for (const [fields, mark] of FIELDS) {
        if (!(await isAccountedFor(fields, mark, vendor, fronted))) lost.push(JSON.stringify(fields));
      }
      assert.deepEqual(lost, []);
    });
  }
});

async function isAccountedFor(
  fields: Readonly<Record<string, unknown>>,
  mark: RegExp,
  vendor: Vendor,
  { server, sent }: Fronted,
): Promise<boolean> {
  const body = { model: vendor.model, messages: [{ role: "user", content: "Hello" }], ...fields };
  const response = await post(`${server.api}/chat/completions`, JSON.stringify(body));
  const text = await response.text();
  const names = Object.keys(fields);
  if (response.status === 400) {
    const { param } = (JSON.parse(text) as { error: { param: string | null } }).error;
    return names.some((name) => param?.split(/[.[]/)[0] === name);
  }
  assert.equal(response.status, 200, text);
  const receipt = response.headers.get("x-omniport-translation") ?? "";
  const noted = new Set(receipt.split(";").flatMap((treated) => treated.replace(/^\w+=/, "").split(",")));
  return mark.test(sent(vendor).at(-1)?.text ?? "") || names.some((name) => noted.has(name));
}
