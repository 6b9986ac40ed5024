import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { vendors } from "../vendors/index.ts";
import { startVendors } from "../vendors/vendor.ts";
import { PYTHON, VENDORS } from "./python.ts";

const run = promisify(execFile);

/** By model and check: the traceback, or null. */
type Outcome = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

describe("the official Python client, LangChain and pydantic-ai", () => {
  test("talk to the models of all vendors in the same way", async (t) => {
    await using fronted = await startVendors(vendors);
    const models = vendors.map(({ model }) => model);
    const { stdout } = await run(PYTHON, [VENDORS, fronted.server.api, ...models]);
    const outcome = JSON.parse(stdout) as Outcome;
    assert.deepEqual(Object.keys(outcome), models);
    for (const [model, checks] of Object.entries(outcome)) {
      for (const [check, failure] of Object.entries(checks)) {
        await t.test(`${model}: ${check.replaceAll("_", " ")}`, () => assert.equal(failure, null, failure ?? ""));
      }
    }
  });
});
