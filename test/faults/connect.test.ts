import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { speak, startFakeProvider } from "../fakes/openai.ts";
import { startOmniport } from "../omniport.ts";
import { askFor, assertAnswer } from "./ask.ts";

/** More than any system lets wait on a socket that asks for a queue of one. */
const QUEUE = 16;

/** A port of this machine on which nobody takes connections: its queue is full. */
async function startDeafPort(): Promise<AsyncDisposable & { readonly port: number }> {
  const listener = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // and never looks at its socket again
     });`,
    { eval: true },
  );
  const [port] = (await once(listener, "message")) as [number];
  const waiting = Array.from({ length: QUEUE }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy();
      await listener.terminate();
    },
  };
}

for (const stream of [true, false]) {
  test(`a port that takes no connection: the fallback answers (stream: ${stream})`, async () => {
    await using deaf = await startDeafPort();
    await using fallback = await startFakeProvider(speak);
    const yaml = `
providers:
  primary: { base_url: "http://127.0.0.1:${deaf.port}/v1", timeouts: { connect_s: 0.2 } }
  fallback: { base_url: "${fallback.url}" }
aliases: { wanted: [primary/m, fallback/f] }
`;
    await using server = await startOmniport({}, yaml);
    const messages = [{ role: "user", content: "one two" }];
    const heard = await askFor(server, { model: "wanted", messages, stream });
    assertAnswer(heard, "one two", "f");
    // Windows refuses what does not fit into the queue.
    const outcome = process.platform === "win32" ? /^primary\/m=upstream_unreachable;/ : /^primary\/m=timeout;fallback/;
    assert.match(heard.headers.get("x-omniport-attempts") ?? "", outcome);
  });
}
