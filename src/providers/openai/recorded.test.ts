import { describe, test } from "node:test";
import { assertRecordedChat, recordedCases } from "../../../test/recorded.ts";
import { openai } from "./index.ts";

describe("recorded answers of OpenAI's chat completions", () => {
  for (const recorded of recordedCases(new URL("fixtures/", import.meta.url))) {
    if (recorded.shape !== "openai") continue;
    const body = recorded.request?.["messages"] ? {} : { messages: [{ role: "user", content: "Hi" }] };
    test(recorded.case, () => assertRecordedChat(openai, recorded, body));
  }
});
