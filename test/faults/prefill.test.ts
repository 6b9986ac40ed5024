import assert from "node:assert/strict";
import { test } from "node:test";
import { type SeenCall, startFakeProvider } from "../fakes/openai.ts";
import { startOmniport } from "../omniport.ts";
import { chatCompletions } from "../vendors/chat-completions.ts";
import { claude } from "../vendors/claude.ts";
import { deepseek } from "../vendors/deepseek.ts";
import type { Vendor } from "../vendors/vendor.ts";
import { askFor, assertAnswer } from "./ask.ts";

/*
 * An answer that breaks off, with nobody else to ask: the same model gives the rest, in the way in which its vendor has it.
 */

const TEXT = Array.from({ length: 30 }, (_, index) => `w${index}`).join(" ");

interface Way {
  readonly what: string;
  readonly model: string;
  readonly wire: Pick<Vendor, "stream">;
  environment(origin: string): Record<string, string>;
  /** What the model says to the beginning of an answer. */
  rest(beginning: string): string;
  /** The last message of the second call, where that is what the client's own is not. */
  readonly marks: object;
}

const after = (beginning: string): string => TEXT.slice(beginning.length);
const wholly = (): string => TEXT;
const mistral = chatCompletions();

const ways: readonly Way[] = [
  {
    what: "a Claude that goes on with a beginning",
    model: claude.model,
    wire: claude,
    environment: claude.environment,
    rest: after,
    marks: { role: "assistant" },
  },
  {
    what: "a Claude that refuses beginnings",
    model: "claude/claude-opus-4-6",
    wire: claude,
    environment: claude.environment,
    rest: wholly,
    marks: { role: "user" },
  },
  {
    what: "a Mistral, which says the beginning again",
    model: "mistral/mistral-large-latest",
    wire: mistral,
    environment: (origin) => ({ MISTRAL_API_KEY: "key", MISTRAL_BASE_URL: origin }),
    rest: wholly,
    marks: { role: "assistant", prefix: true },
  },
  {
    what: "a DeepSeek at its beta address",
    model: deepseek.model,
    wire: deepseek,
    environment: (origin) => deepseek.environment(`${origin}/beta`),
    rest: after,
    marks: { role: "assistant", prefix: true },
  },
  {
    what: "a DeepSeek elsewhere",
    model: deepseek.model,
    wire: deepseek,
    environment: deepseek.environment,
    rest: wholly,
    marks: { role: "user" },
  },
];

for (const { what, model, wire, environment, rest, marks } of ways) {
  test(`${what} gives the rest of its own answer`, async () => {
    const asked: SeenCall[] = [];
    await using fake = await startFakeProvider((call, response) => {
      asked.push(call);
      const beginning = textOf(call.body.messages?.at(-1)?.content);
      const text = asked.length === 1 ? TEXT : rest(beginning);
      const pieces = wire.stream({ thought: "", text, calls: [] }, call);
      response.writeHead(200, { "content-type": "text/event-stream" });
      const half = pieces.slice(0, pieces.length / 2).join("");
      if (asked.length === 1) response.write(half, () => response.destroy());
      else response.end(pieces.join(""));
    });
    await using server = await startOmniport(environment(new URL(fake.url).origin));
    const messages = [{ role: "user", content: "go on" }];
    const heard = await askFor(server, { model, messages, stream: true });
    assertAnswer(heard, TEXT, heard.model ?? "");
    assert.equal(asked.length, 2);
    const last = asked[1]?.body.messages?.at(-1);
    assert.deepEqual({ ...last, content: "" }, { ...marks, content: "" });
    if (rest === after) assert.ok(TEXT.startsWith(textOf(last?.content)));
  });
}

/** Of a message's content in any vendor's form. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return String(content);
  return (content as { readonly text?: string }[]).map(({ text = "" }) => text).join("");
}
