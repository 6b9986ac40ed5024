import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { type Answer, events, sendEvents, sendJson, speak } from "../fakes/openai.ts";
import { startFronted } from "../fronted.ts";
import { CHECK, PYTHON } from "./python.ts";

const run = promisify(execFile);

/** Speaks, unless it is told otherwise. */
const answer: Answer = (call, response) => {
  const said = call.body.messages?.at(-1)?.content;
  if (said === "refuse: 429") return sendJson(response, { error: { message: "Slow down", type: "requests" } }, 429);
  if (said === "break") return sendEvents(response, events(call.body.model, "half and half").slice(0, 2));
  return speak(call, response);
};

test("the official Python client and requests read every answer", async (t) => {
  await using fronted = await startFronted({ answer });
  const { stdout } = await run(PYTHON, [CHECK, fronted.server.api]);
  const failures = Object.entries(JSON.parse(stdout) as Record<string, string | null>);
  assert.equal(failures.length, 12);
  for (const [check, failure] of failures) {
    await t.test(check.replaceAll("_", " "), () => assert.equal(failure, null, failure ?? ""));
  }
});
