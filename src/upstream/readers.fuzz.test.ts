import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { arrival, body, bytesLike, runs } from "../../test/fuzz.ts";
import { decoded } from "./decoder.ts";
import { createLineDecoder } from "./ndjson.ts";
import { readErrorText, readText } from "./read.ts";
import { createEventDecoder, type ServerSentEvent } from "./sse.ts";

const eventBytes = bytesLike(
  ..."data: |data:|data|event: |event:|id: 1|retry: 5|:|: comment|\n|\n\n|\r\n|\r\n\r\n|\r|\r\r|\uFEFF|夜市🍜|{}| ".split(
    "|",
  ),
);

test("events are the same wherever a stream is cut, and those that the standard finds in the whole", async () => {
  const property = fc.asyncProperty(arrival(eventBytes), async ({ bytes, pieces }) => {
    assert.deepEqual(
      (await Array.fromAsync(decoded(body(pieces), createEventDecoder()))).flat(),
      eventsIn(new TextDecoder().decode(bytes)),
    );
  });
  await fc.assert(property, runs(3000));
});

/**
 * The standard's own algorithm, line by line, over a stream that is there already. It drops what no blank line ends; we do
 * not.
 */
function eventsIn(text: string): readonly ServerSentEvent[] {
  const lines = text.replaceAll(/\r\n?/g, "\n").split("\n");
  const events: ServerSentEvent[] = [];
  let event = "";
  let data: string[] = [];
  for (const line of [...lines, ""]) {
    const [, field = "", value = ""] = /^([^:]*)(?::[ ]?([^]*))?$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
    if (line !== "") continue;
    if (data.length > 0) events.push({ event, data: data.join("\n") });
    event = "";
    data = [];
  }
  return events;
}

const lineBytes = bytesLike(...'{|}|"a":|1|夜市🍜|\n|\n\n|\r\n|\r| |\uFEFF|\u2028'.split("|"));

test("lines are the same wherever a stream is cut", async () => {
  const property = fc.asyncProperty(arrival(lineBytes), async ({ bytes, pieces }) => {
    const lines = new TextDecoder().decode(bytes).split("\n");
    assert.deepEqual(
      (await Array.fromAsync(decoded(body(pieces), createLineDecoder()))).flat(),
      lines.map((line) => line.trim()).filter((line) => line !== ""),
    );
  });
  await fc.assert(property, runs(3000));
});

test("a whole answer is the same text wherever it is cut", async () => {
  const property = fc.asyncProperty(arrival(lineBytes), async ({ bytes, pieces }) => {
    const response = () => ({ status: 200, headers: {}, body: body(pieces) });
    assert.equal(await readText(response()), bytes.toString());
    assert.equal(await readErrorText(response()), bytes.toString());
  });
  await fc.assert(property, runs(1000));
});
