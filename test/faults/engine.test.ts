import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { tinyModel } from "../../src/engine/chat/fixtures/tiny.ts";
import { events, sendEvents, startFakeProvider } from "../fakes/openai.ts";
import { openaiClient } from "../fronted.ts";
import { startOmniport } from "../omniport.ts";
import { enginesOf } from "../processes.ts";

const LOCAL = `huggingface/${tinyModel("llama-3").snapshot.directory}`;
const messages = [{ role: "user" as const, content: "hi" }];

test("a fallback gives the rest of what a killed engine has begun", { timeout: 120_000 }, async () => {
  const REST = " and that is all";
  await using spare = await startFakeProvider((_, response) => sendEvents(response, events("f", REST)));
  const yaml = `
providers: { spare: { base_url: "${spare.url}", prefill: true } }
aliases: { wanted: ["${LOCAL}", spare/f] }
local: { directories: [${fileURLToPath(new URL("../../src/engine", import.meta.url))}] }
`;
  await using server = await startOmniport({}, yaml);
  const client = openaiClient(server);
  const others = enginesOf();
  await client.chat.completions.create({ model: LOCAL, messages, max_tokens: 1 }); // it is loaded
  const engine = enginesOf().find((pid) => !others.includes(pid));
  assert.ok(engine !== undefined);

  let text = "";
  let isKilled = false;
  let end: string | undefined;
  const stream = await client.chat.completions.create({ model: "wanted", messages, temperature: 0, stream: true });
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? "";
    end = choices[0]?.finish_reason ?? undefined;
    if (text !== "" && !isKilled) isKilled = process.kill(engine, "SIGKILL");
  }
  assert.equal(end, "stop");
  const told = spare.calls[0]?.body.messages?.at(-1)?.content;
  assert.equal(typeof told, "string");
  assert.ok(text.startsWith(String(told)) && text.endsWith(REST), text);
});
