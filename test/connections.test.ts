import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { type Answer, events, startEvents } from "./fakes/openai.ts";
import { type Fronted, startFronted } from "./fronted.ts";

const all = events("gpt-4o", "one two three");

/** Says all there is to say, `[DONE]` included, and does not end. */
function sayAll(response: ServerResponse): ServerResponse {
  startEvents(response).write(all.join(""));
  return response;
}

/** Calls for a stream, and reads it to its end. */
async function readStream({ client }: Fronted): Promise<string> {
  const stream = await client.chat.completions.create({
    model: "openai/gpt-4o",
    messages: [{ role: "user", content: "hi" }],
    stream: true,
  });
  let text = "";
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  return text;
}

test("a stream is over with its [DONE], and its connection serves the next call once the answer has ended, too", async () => {
  const ports: (number | undefined)[] = [];
  let answered: ServerResponse | undefined;
  const answer: Answer = (_, response) => {
    ports.push(response.socket?.remotePort);
    answered = sayAll(response);
  };
  await using fronted = await startFronted({ answer });
  for (let call = 0; call < 3; call++) {
    assert.equal(await readStream(fronted), "one two three");
    answered?.end();
    await fronted.provider.calls[call]?.closed;
  }
  assert.equal(new Set(ports).size, 1, `connections from ${ports.join(", ")}`);
});

const endless: Readonly<Record<string, Answer>> = {
  "says nothing more": (_, response) => void sayAll(response),
  "talks on": async (_, response) => {
    const closed = once(response, "close");
    sayAll(response);
    while (!response.destroyed) {
      if (!response.write(`: ${"x".repeat(1_000)}\n\n`)) await Promise.race([once(response, "drain"), closed]);
    }
  },
};

for (const [what, answer] of Object.entries(endless)) {
  test(`who ${what} behind [DONE], and does not end the answer, is hung up`, async () => {
    await using fronted = await startFronted({ answer });
    assert.equal(await readStream(fronted), "one two three");
    assert.equal((await fronted.provider.calls[0]?.closed)?.wasComplete, false);
  });
}
