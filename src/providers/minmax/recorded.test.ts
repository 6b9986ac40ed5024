import { describe, test } from "node:test";
import { assertRecordedChat, recordedCases } from "../../../test/recorded.ts";
import { minmax } from "./index.ts";

/** Recorded without `reasoning_split`: a client that does not want the thoughts apart sees the tags. */
const UNSPLIT = new Set([
  "gm-prod-m27-stream",
  "rep-posed-after-a-minimax-m3-answer-printed-in-a-public-repository-2026-06-4",
]);

const QUESTION = { messages: [{ role: "user", content: "Hi" }] };

describe("recorded answers of MiniMax", () => {
  for (const recorded of recordedCases(new URL("fixtures/", import.meta.url))) {
    const body = { ...QUESTION, ...(UNSPLIT.has(recorded.case) && { reasoning_split: false }) };
    test(recorded.case, () => assertRecordedChat(minmax, recorded, body));
  }
});
