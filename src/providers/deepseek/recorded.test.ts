import { describe, test } from "node:test";
import { assertRecordedChat, recordedCases } from "../../../test/recorded.ts";
import { deepseek } from "./index.ts";

describe("recorded answers of DeepSeek", () => {
  for (const recorded of recordedCases(new URL("fixtures/", import.meta.url))) {
    const body = recorded.request?.["messages"] ? {} : { messages: [{ role: "user", content: "Hi" }] };
    test(recorded.case, () => assertRecordedChat(deepseek, recorded, body));
  }
});
