import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { type Answer, events, sendJson, startEvents } from "./fakes/openai.ts";
import { post, startFronted } from "./fronted.ts";

const STREAMS = 200;

/** Each word of a stream knows whose it is; characters of one to four bytes. */
function textOf(client: number): string {
  const words = Array.from({ length: 20 + (client % 30) }, (_, word) => `c${client}w${word}é夜👋 `);
  return words.join("");
}

/** Sends the bytes in pieces that end anywhere, also inside a character, and lets the other streams go in between. */
const chopped: Answer = async ({ body }, response) => {
  const text = textOf(Number(body.messages?.[0]?.content));
  const bytes = Buffer.from(events(body.model, text, body.stream_options?.include_usage).join(""));
  startEvents(response);
  const size = 50 + (bytes.length % 997);
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    await setImmediate();
  }
  response.end();
};

test(`${STREAMS} parallel streams each bring exactly their provider's events`, async () => {
  await using fronted = await startFronted({ answer: chopped });
  const expected = (client: number): string => events(`gpt-${client}`, textOf(client), client % 2 === 0).join("");
  const read = async (client: number): Promise<string> => {
    const body = {
      model: `openai/gpt-${client}`,
      messages: [{ role: "user", content: String(client) }],
      stream: true,
      ...(client % 2 === 0 ? { stream_options: { include_usage: true } } : {}),
    };
    return (await post(`${fronted.server.api}/chat/completions`, JSON.stringify(body))).text();
  };
  const all = await Promise.all(Array.from({ length: STREAMS }, (_, client) => read(client)));
  all.forEach((text, client) => assert.equal(text, expected(client), `stream ${client}`));
  assert.equal(fronted.provider.calls.length, STREAMS);
});

test("parallel streams that break do not touch the others", async () => {
  const begun = events("m", "half").slice(0, 2).join("");
  const answer: Answer = (call, response) => {
    const client = Number(call.body.messages?.[0]?.content);
    if (client % 3 === 1) return sendJson(response, { error: { message: "no" } }, 500);
    if (client % 3 === 2) return startEvents(response).write(begun, () => response.destroy());
    return chopped(call, response);
  };
  await using fronted = await startFronted({ answer });
  const read = async (client: number): Promise<{ status: number; text: string }> => {
    const body = { model: "gpt-4o", messages: [{ role: "user", content: String(client) }], stream: true };
    const response = await post(`${fronted.server.api}/chat/completions`, JSON.stringify(body));
    return { status: response.status, text: await response.text() };
  };
  const all = await Promise.all(Array.from({ length: 60 }, (_, client) => read(client)));
  all.forEach(({ status, text }, client) => {
    if (client % 3 === 0) assert.equal(text, events("gpt-4o", textOf(client)).join(""), `stream ${client}`);
    else if (client % 3 === 1) assert.equal(status, 500);
    else {
      assert.ok(text.startsWith(begun));
      assert.match(text.slice(begun.length), /^data: \{"error":.*\n\n$/);
    }
  });
});
