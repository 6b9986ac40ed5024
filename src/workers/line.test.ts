import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { createLine, type Line } from "./line.ts";

/** Two ends whose messages are copied, as between processes. */
function connect(answer: (question: string) => Promise<unknown>): {
  readonly near: Line<string, string>;
  readonly heard: readonly string[];
} {
  const heard: string[] = [];
  const near: Line<string, string> = createLine<string, string, string, string>({
    send: (message) => far.receive(structuredClone(message)),
    answer,
    hear: (news) => heard.push(news),
  });
  const far: Line<string, string> = createLine<string, string, string, string>({
    send: (message) => near.receive(structuredClone(message)),
    answer,
    hear: (news) => heard.push(news),
  });
  return { near, heard };
}

test("questions are answered, each its own, and news are heard", async () => {
  const { near, heard } = connect(async (question) => ({ question, map: new Map([[1, undefined]]) }));
  near.tell("news");
  const answers = await Promise.all(["a", "b"].map((question) => near.ask(question)));
  assert.deepEqual(answers, [
    { question: "a", map: new Map([[1, undefined]]) },
    { question: "b", map: new Map([[1, undefined]]) },
  ]);
  assert.deepEqual(heard, ["news"]);
});

test("an error crosses as it is, in every language", async () => {
  const headers = { "retry-after": "1" };
  const thrown = new ApiError(503, "overloaded_error", say.tooBusy("openai"), { code: "concurrency_limit", headers });
  const { near } = connect(() => Promise.reject(thrown));
  await assert.rejects(near.ask("turn"), (error) => {
    assert.ok(error instanceof ApiError);
    const shown = ({ status, type, code, param, headers, wording }: ApiError) =>
      JSON.stringify({ status, type, code, param, headers, wording });
    assert.equal(shown(error), shown(thrown));
    return true;
  });
});

test("what was asked is not waited for when the other end is gone", async () => {
  const { near } = connect(() => new Promise(() => undefined));
  const asked = near.ask("anything");
  near.hangUp();
  await assert.rejects(asked, /the other process has ended/);
});
