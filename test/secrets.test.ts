import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeProvider, type SeenCall, startFakeProvider } from "./fakes/openai.ts";
import { post } from "./fronted.ts";
import { startProgram } from "./program.ts";
import { Refusal } from "./vendors/fake-model.ts";
import { vendors } from "./vendors/index.ts";
import type { Vendor } from "./vendors/vendor.ts";

/*
 * Providers that say again whatever they were sent: neither clients nor the log hear of a key or a header of ours.
 */

const KEY = "9f8e7d6c-live-5b4a39281706";
const HEADER = "tenant-c0ffee-4711";
const SECRETS = [KEY, HEADER, KEY.slice(0, 8), KEY.slice(-8)];

/** With 502 they are no JSON, as an error page; with 200 they are an error in place of the answer. */
const STATUSES = [400, 401, 403, 404, 500, 502, 200, 429];

/** All headers of the request and a piece of the key, in the vendor's words. */
function echo(vendor: Vendor, { headers }: SeenCall, status: number): string {
  const words = `You sent ${JSON.stringify(headers)}; your key ${KEY.slice(0, 8)}...${KEY.slice(-4)} is not known.`;
  return status === 502 ? words : JSON.stringify(vendor.refusal(new Refusal(status, words)).body);
}

/** What Omniport must be told to send the key to this fake. */
function environment(vendor: Vendor, { url }: FakeProvider): readonly (readonly [string, string])[] {
  const settings = Object.entries(vendor.environment(new URL(url).origin));
  return settings.map(([name, value]) => [name, name.endsWith("_KEY") ? KEY : value]);
}

function providerOf({ model }: Vendor): string {
  return model.split("/", 1)[0] ?? "";
}

test("a key or a header of ours that a provider repeats reaches neither the client nor the log", async (t) => {
  let status = 200;
  const fakes = await Promise.all(
    vendors.map((vendor) =>
      startFakeProvider((call, response) => response.writeHead(status).end(echo(vendor, call, status))),
    ),
  );
  t.after(() => Promise.all(fakes.map((fake) => fake.close())));
  const settings = vendors.flatMap((vendor, index) => environment(vendor, fakes[index]!));
  const headers = vendors.map((vendor) => `  ${providerOf(vendor)}: { headers: { x-tenant: ${HEADER} } }`);
  await using program = await startProgram({
    environment: { ...Object.fromEntries(settings), OLLAMA_API_KEY: KEY, LOG_LEVEL: "trace" },
    yaml: ["retries: 0", "max_wait_s: 0", "providers:", ...headers].join("\n"),
  });

  const heard: string[] = [];
  for (status of STATUSES) {
    for (const { model } of vendors) {
      for (const stream of [false, true]) {
        const body = JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], stream });
        const response = await post(`${program.url}/v1/chat/completions`, body);
        const text = await response.text();
        if (status === 400)
          assert.match(text, /You sent .*\[key\]/, `${model}: the words are shown without the secrets`);
        heard.push(JSON.stringify([...response.headers]), text);
      }
    }
  }
  program.process.kill("SIGTERM");
  await program.ended;
  assert.equal(program.stderr().match(/"call failed"/g)?.length, heard.length / 2);

  for (const [index, fake] of fakes.entries()) {
    const sent = JSON.stringify(fake.calls.map((call) => call.headers));
    assert.ok(sent.includes(KEY) && sent.includes(HEADER), `${vendors[index]?.model} gets the key and the header`);
  }
  for (const secret of [...SECRETS, "    at "]) {
    assert.ok(!heard.join("\n").includes(secret), `a client hears ${secret}`);
    assert.ok(!program.stderr().includes(secret), `the log tells ${secret}`);
  }
});
