import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { createEventWriter } from "./event-writer.ts";

/** What a client receives, byte for byte, for some requests on one connection. */
async function received(listener: RequestListener, ...requests: readonly string[]): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const socket = connect(port, "127.0.0.1");
    socket.write(requests.join(""));
    return await text(socket);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const writes: RequestListener = (_, response) => {
  const writer = createEventWriter(response);
  writer.begin();
  writer.write("data: 夜市\n\n");
  writer.write("");
  writer.write("data: 2\n\n");
  writer.end("data: [DONE]\n\n");
};

test("over HTTP/1.1 each write is a chunk of its own, and nothing but the end ends the answer", async () => {
  const get = (connection: string): string => `GET / HTTP/1.1\r\nhost: a\r\nconnection: ${connection}\r\n\r\n`;
  const answers = (await received(writes, get("keep-alive"), get("close"))).split(/(?=HTTP\/1\.1 200 OK\r\n)/);
  assert.equal(answers.length, 2, "the connection serves the next request");
  for (const answer of answers) {
    const [head = "", ...body] = answer.split("\r\n\r\n");
    assert.match(head, /^transfer-encoding: chunked$/im);
    assert.equal(
      body.join("\r\n\r\n"),
      "e\r\ndata: 夜市\n\n\r\n9\r\ndata: 2\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n",
    );
  }
});

test("over HTTP/1.0 the events go out as they are, and the connection's end is the answer's", async () => {
  const answer = await received(writes, "GET / HTTP/1.0\r\n\r\n");
  assert.doesNotMatch(answer, /transfer-encoding/i);
  assert.ok(answer.endsWith("\r\n\r\ndata: 夜市\n\ndata: 2\n\ndata: [DONE]\n\n"), answer);
});

test("the head is written once, and told of once before", async () => {
  let heads = 0;
  const answer = await received((_, response) => {
    const writer = createEventWriter(response, () => void response.setHeader("x-head", ++heads));
    writer.begin();
    writer.begin();
    writer.end("data: 1\n\n");
  }, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  assert.match(answer, /^x-head: 1$/im);
});
