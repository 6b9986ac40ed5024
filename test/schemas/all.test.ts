import { after, before, test } from "node:test";
import type OpenAI from "openai";
import { TOOLS } from "../../src/engine/chat/fixtures/tools.ts";
import { SCHEMAS } from "../../src/engine/grammar/fixtures/schemas.ts";
import { openaiClient } from "../fronted.ts";
import { startWithWeights, type TestServer } from "../omniport.ts";
import { checkAnswer, checkCall } from "./answers.ts";

let server: TestServer;
let client: OpenAI;

before(async () => {
  server = await startWithWeights();
  client = openaiClient(server);
});

after(async () => {
  await server.close();
});

for (const [what, schema] of SCHEMAS) {
  test(`${what}: the answer fits the schema`, () => checkAnswer(client, what, schema));
}

for (const tool of TOOLS) {
  test(`${tool.name}: the arguments of a forced call fit the tool's schema`, () => checkCall(client, tool, TOOLS));
}
