import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { SeenCall } from "../../test/fakes/openai.ts";
import { fakeVendor } from "../../test/fakes/vendor.ts";
import { type Fault, faults, runs, withFault } from "../../test/fuzz.ts";
import { allVendors } from "../../test/vendors/index.ts";
import { answerOf, type Vendor } from "../../test/vendors/vendor.ts";
import { ApiError } from "../api/error.ts";
import { providers } from "./index.ts";
import type { Provider } from "./provider.ts";

/*
 * Answers that are nearly a vendor's own: wherever one is not, the caller gets an answer or an ApiError, never a fault of
 * ours.
 */

/** What a vendor would send, in pieces, with each of these faults in the JSON of one of them. */
function faulty(
  vendor: Vendor,
  path: string,
  request: Readonly<Record<string, unknown>>,
  faults: readonly Fault[],
): readonly string[] {
  const body = request as SeenCall["body"];
  const pieces = answerOf(vendor, { path, headers: {}, text: JSON.stringify(request), body, closed: NEVER }).body;
  return pieces.map((piece, index) => {
    const own = faults.filter(({ at }) => at % pieces.length === index);
    if (own.length === 0) return piece;
    return piece.replace(/\{.*\}/s, (json) => JSON.stringify(own.reduce(withFault, JSON.parse(json))) ?? "");
  });
}

const NEVER = new Promise<never>(() => undefined);

function providerOf({ model }: Vendor): Provider {
  const provider = providers.find(({ name }) => name === model.split("/", 1)[0]);
  assert.ok(provider);
  return provider;
}

const WEATHER = { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } };

async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof ApiError) return thrown;
    throw thrown;
  }
}

for (const vendor of allVendors) {
  const provider = providerOf(vendor);
  const model = vendor.model.slice(provider.name.length + 1);
  const baseUrl = (origin: string): string =>
    provider.env.baseUrl.map((name) => vendor.environment(origin)[name]).find((url) => url !== undefined) ?? origin;
  test(`an answer of ${vendor.model} that is not what it should be is an ApiError at worst`, async () => {
    const property = fc.asyncProperty(faults, fc.boolean(), fc.boolean(), async (faults, stream, withTools) => {
      const fake = fakeVendor((path, request) => ({ body: faulty(vendor, path, request, faults).join("") }));
      const body = {
        messages: [{ role: "user", content: "Is it warm?" }],
        stream,
        ...(withTools && { tools: [WEATHER] }),
      };
      const { connection } = fake.call({});
      const call = fake.call(
        { model, ...body },
        { model, connection: { ...connection, baseUrl: baseUrl(connection.baseUrl) } },
      );
      await outcome(async () =>
        stream ? Array.fromAsync(await provider.chatStream(call)) : await provider.chat(call),
      );
    });
    await fc.assert(property, runs(100));
  });
}
