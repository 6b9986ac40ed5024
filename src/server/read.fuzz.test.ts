import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Arrival, arrival, bytesLike, runs } from "../../test/fuzz.ts";
import { ApiError } from "../api/error.ts";
import { readJson } from "./read.ts";

const MAX_BYTES = 256;

const jsonBytes = bytesLike(
  ...'{|}|[|]|:|,|null|true|1e999|-0|"a"|"|\\|\\"|\\u0000|\\ud800|"__proto__":|{"model":"m"}|夜市🍜|\uFEFF| |\n'.split(
    "|",
  ),
  "[".repeat(300),
  "x".repeat(300),
);
/** Right ones as well, which random pieces hardly ever make. */
const anyBytes = fc.oneof(
  jsonBytes,
  fc.json().map((text) => Buffer.from(text)),
  fc.object().map((value) => Buffer.from(JSON.stringify(value))),
);

function request({ pieces }: Arrival, headers: IncomingMessage["headers"]): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.headers = headers;
  for (const piece of pieces) message.push(piece.length > 0 ? piece : " ");
  message.push(null);
  return message;
}

test("whatever a body is, it is read as JSON reads it, or refused with a 4xx", async () => {
  const property = fc.asyncProperty(arrival(anyBytes), async (arrival) => {
    const sent = Buffer.concat(arrival.pieces.map((piece) => (piece.length > 0 ? piece : Buffer.from(" "))));
    const outcome = await outcomeOf(request(arrival, { "content-type": "application/json" }));
    if (outcome instanceof ApiError) {
      const expected = sent.length > MAX_BYTES ? 413 : 400;
      assert.deepEqual([outcome.status, outcome.type], [expected, "invalid_request_error"]);
      assert.ok(outcome.message.length < 400);
    } else {
      assert.ok(sent.length <= MAX_BYTES);
      const text = new TextDecoder().decode(sent); // without a byte order mark
      assert.deepEqual(outcome.value, JSON.parse(text));
      assert.equal(outcome.text, text);
    }
  });
  await fc.assert(property, runs(3000));
});

const mediaType = fc.oneof(
  fc.string(),
  fc
    .array(fc.constantFrom("application", "/", "json", "+json", ";", " charset=", "utf-8", '"', ",", "JSON"), {
      maxLength: 8,
    })
    .map((all) => all.join("")),
);

test("whatever the headers of a body say, it is read or refused with a 4xx", async () => {
  const body = { bytes: Buffer.from("{}"), pieces: [Buffer.from("{}")] };
  const property = fc.asyncProperty(mediaType, fc.option(fc.string()), async (type, encoding) => {
    const headers = { "content-type": type, ...(encoding !== null && { "content-encoding": encoding }) };
    const outcome = await outcomeOf(request(body, headers));
    assert.equal(outcome instanceof ApiError ? outcome.status : 200, outcome instanceof ApiError ? 415 : 200);
  });
  await fc.assert(property, runs(1000));
});

/** @throws what is no ApiError. */
async function outcomeOf(message: IncomingMessage): Promise<Awaited<ReturnType<typeof readJson>> | ApiError> {
  try {
    return await readJson(message, MAX_BYTES);
  } catch (thrown) {
    if (thrown instanceof ApiError) return thrown;
    throw thrown;
  }
}
