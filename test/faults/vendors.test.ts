import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServerResponse } from "node:http";
import { type FakeProvider, type SeenCall, startFakeProvider } from "../fakes/openai.ts";
import { startOmniport, type TestServer } from "../omniport.ts";
import { openai } from "../vendors/openai.ts";
import { Refusal } from "../vendors/fake-model.ts";
import { answerOf, sse, type Vendor } from "../vendors/vendor.ts";
import { askFor, type Heard } from "./ask.ts";
import { type Troubled, troubled } from "./vendor-words.ts";

/*
 * The same faults on every vendor's own wire: the caller gets the whole answer, from a retry or from a fallback, or one
 * clear error; never half an answer that looks whole.
 */

const TEXT = Array.from({ length: 30 }, (_, index) => `w${index}`).join(" ");

/** One call of the model, while the vendor answers it. */
interface Asked {
  readonly response: ServerResponse;
  /** How many came before it. */
  readonly before: number;
  /** The answer as it should be. */
  readonly pieces: readonly string[];
  readonly type: string;
}

type Fault = (asked: Asked) => void;

interface Scene extends AsyncDisposable {
  readonly server: TestServer;
  /** How often the models were asked: the vendor's, and the one that may stand in for it. */
  asked(): readonly [vendor: number, spare: number];
}

/** Clocks for a vendor that says nothing; the one that stands in for it has the usual time. */
const IMPATIENT = "timeouts: { first_token_s: 0.3, idle_s: 0.3, headers_s: 0.3 }";

async function stage(vendor: Vendor, fault: Fault, settings = "", more = ""): Promise<Scene> {
  let before = 0;
  const spare = await startFakeProvider((call, response) => tell(askedOf(openai, call, response, 0)));
  const fake = await startFakeProvider((call, response) => {
    const asked = askedOf(vendor, call, response, before);
    if (!vendor.hear(call)) return tell(asked);
    before++;
    fault(asked);
  });
  const provider = vendor.model.split("/")[0];
  const yaml = `
providers:
  spare: { base_url: "${spare.url}" }
  ${provider}: { ${settings} }
aliases: { wanted: [${vendor.model}, spare/gpt-4o] }
${more}`;
  const server = await startOmniport(vendor.environment(new URL(fake.url).origin), yaml);
  return {
    server,
    asked: () => [before, spare.calls.length],
    async [Symbol.asyncDispose]() {
      await Promise.all([fake, spare].map((one: FakeProvider) => one.close()));
      await server.close();
    },
  };
}

function askedOf(vendor: Vendor, call: SeenCall, response: ServerResponse, before: number): Asked {
  const { type, body } = answerOf(vendor, call);
  return { response, before, pieces: body, type };
}

function write({ response, type }: Asked, pieces: readonly string[]): ServerResponse {
  response.writeHead(200, { "content-type": type });
  for (const piece of pieces) response.write(piece);
  return response;
}

const tell: Fault = (asked) => void write(asked, asked.pieces).end();
const silence: Fault = () => undefined;

const refuse =
  ({ status, body }: { readonly status: number; readonly body: object }, headers: object = {}): Fault =>
  ({ response }) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/** One object as all of the answer: an event where a stream is asked for. */
const whole =
  (body: object, stream: boolean): Fault =>
  (asked) =>
    void write(asked, [stream ? sse(body) : JSON.stringify(body)]).end();

/** The place of an event in the middle of the answer that holds words. */
function middle(pieces: readonly string[]): number {
  const spoken = pieces.flatMap((piece, index) => (SPOKEN.test(piece) ? [index] : []));
  return spoken[Math.floor(spoken.length / 2)] ?? 0;
}

const SPOKEN = /w1\d|weather|"name"/;

/** An event that ends in its middle. */
function torn(piece: string): string {
  const end = /\s+$/.exec(piece)?.[0] ?? "\n";
  return piece.trimEnd().slice(0, -4) + end;
}

function ask({ server }: Scene, stream: boolean, request: object = {}): Promise<Heard> {
  return askFor(server, { model: "wanted", messages: [{ role: "user", content: TEXT }], stream, ...request });
}

/** What the caller should have heard, whoever has said it. */
function assertAnswered(heard: Heard, { request }: Troubled): void {
  const { status, text, calls, finishReason, isWhole, error } = heard;
  const said = request
    ? { text: "", calls: "place{}", finishReason: "tool_calls" }
    : { text: TEXT, calls: "", finishReason: "stop" };
  assert.deepEqual(
    { status, text, calls, finishReason, isWhole, error },
    { status: 200, ...said, isWhole: true, error: undefined },
  );
}

for (const one of troubled) {
  const { name, vendor, request, tooLong, forbidden, errorEvent, eventsAfterEnd, nothing, blocked } = one;
  const limited = vendor.refusal(new Refusal(429, "Slow down."));
  const broken = vendor.refusal(new Refusal(500, "Oops."));
  const malformed = vendor.streamType.includes("ndjson")
    ? '{"model":"m","created_a\n'
    : 'data: {"id":"x","choices":[{"delta"\n\n';

  describe(`${name}, `, { concurrency: 6 }, () => {
    for (const stream of [true, false]) {
      const kind = stream ? "as a stream" : "whole";

      for (const [what, headers] of [
        ["with a Retry-After", { "retry-after": "30" }],
        ["without a Retry-After", {}],
      ] as const) {
        test(`429 ${what}: the fallback answers, and the limited vendor is left alone, ${kind}`, async () => {
          await using scene = await stage(vendor, refuse(limited, headers));
          for (let i = 0; i < 2; i++) assertAnswered(await ask(scene, stream, request), one);
          assert.deepEqual(scene.asked(), [1, 2]);
        });
      }

      test(`500 once: the same model answers, ${kind}`, async () => {
        await using scene = await stage(vendor, (asked) => (asked.before === 0 ? refuse(broken) : tell)(asked));
        assertAnswered(await ask(scene, stream, request), one);
        assert.deepEqual(scene.asked(), [2, 0]);
      });

      test(`503 for good: the fallback answers, ${kind}`, async () => {
        const page: Fault = ({ response }) => void response.writeHead(503).end("<html>Service Unavailable</html>");
        await using scene = await stage(vendor, page);
        assertAnswered(await ask(scene, stream, request), one);
        assert.deepEqual(scene.asked(), [2, 1]);
      });

      test(`a reset before the headers: the fallback answers, ${kind}`, async () => {
        await using scene = await stage(vendor, ({ response }) => void response.destroy());
        assertAnswered(await ask(scene, stream, request), one);
        assert.deepEqual(scene.asked(), [2, 1]);
      });

      test(`silence: the fallback answers, ${kind}`, async () => {
        await using scene = await stage(vendor, silence, IMPATIENT);
        assertAnswered(await ask(scene, stream, request), one);
        assert.deepEqual(scene.asked(), [1, 1]);
      });

      test(`too long a conversation: the fallback answers at once, ${kind}`, async () => {
        await using scene = await stage(vendor, refuse(tooLong));
        assertAnswered(await ask(scene, stream, request), one);
        assert.deepEqual(scene.asked(), [1, 1]);
      });

      test(`too long a conversation, with nobody else to ask: an error that says so, ${kind}`, async () => {
        await using scene = await stage(vendor, refuse(tooLong));
        const { status, error } = await ask(scene, stream, { ...request, model: vendor.model });
        assert.deepEqual([status, error?.code], [400, "context_length_exceeded"]);
      });

      if (forbidden) {
        test(`what its rules forbid is asked of nobody else, ${kind}`, async () => {
          await using scene = await stage(vendor, refuse(forbidden));
          const { status, error } = await ask(scene, stream, request);
          assert.deepEqual([status, error?.code], [400, "content_policy_violation"]);
          assert.deepEqual(scene.asked(), [1, 0]);
        });
      }

      if (blocked) {
        test(`an answer that is held back by its rules is told as such, ${kind}`, async () => {
          await using scene = await stage(vendor, whole(blocked, stream));
          const { status, text, finishReason, isWhole } = await ask(scene, stream, request);
          assert.deepEqual([status, text, finishReason, isWhole], [200, "", "content_filter", true]);
          assert.deepEqual(scene.asked(), [1, 0]);
        });
      }

      if (nothing) {
        test(`an answer without anything in it: the fallback answers, ${kind}`, async () => {
          await using scene = await stage(vendor, whole(nothing, stream));
          assertAnswered(await ask(scene, stream, request), one);
        });
      }
    }

    test("a slow first token: the fallback answers", async () => {
      await using scene = await stage(vendor, (asked) => write(asked, []).flushHeaders(), IMPATIENT);
      assertAnswered(await ask(scene, true, request), one);
      assert.deepEqual(scene.asked(), [1, 1]);
    });

    test("an error as the first event: the fallback answers", async () => {
      await using scene = await stage(vendor, (asked) => void write(asked, [errorEvent]).end());
      assertAnswered(await ask(scene, true, request), one);
    });

    test("a malformed event beside the answer is passed over", async () => {
      const lie: Fault = (asked) => {
        const at = middle(asked.pieces);
        write(asked, [...asked.pieces.slice(0, at), malformed, ...asked.pieces.slice(at)]).end();
      };
      await using scene = await stage(vendor, lie);
      assertAnswered(await ask(scene, true, request), one);
      assert.deepEqual(scene.asked(), [1, 0]);
    });

    if (eventsAfterEnd > 0) {
      test("an end without its marker, after the reason for it, is an end", async () => {
        await using scene = await stage(
          vendor,
          (asked) => void write(asked, asked.pieces.slice(0, -eventsAfterEnd)).end(),
        );
        assertAnswered(await ask(scene, true, request), one);
        assert.deepEqual(scene.asked(), [1, 0]);
      });
    }

    const breaks: readonly (readonly [what: string, fault: Fault, settings?: string])[] = [
      ["is cut", (asked) => write(asked, begun(asked)).write("", () => asked.response.destroy())],
      ["stalls", (asked) => void write(asked, begun(asked)), IMPATIENT],
      ["ends in its middle as if it were whole", (asked) => void write(asked, begun(asked)).end()],
      ["breaks with an error among its events", (asked) => void write(asked, [...begun(asked), errorEvent]).end()],
      [
        "has a malformed event in the place of words",
        (asked) => {
          const at = middle(asked.pieces);
          const piece = asked.pieces[at] ?? "";
          write(asked, [...asked.pieces.slice(0, at), torn(piece), ...asked.pieces.slice(at + 1)]).end();
        },
      ],
    ];
    for (const [what, fault, settings] of breaks) {
      const isResumed = request === undefined;
      test(`a stream that ${what} ${isResumed ? "is gone on with by the fallback" : "is an error"}`, async () => {
        await using scene = await stage(vendor, fault, settings);
        const heard = await ask(scene, true, request);
        if (isResumed) assertAnswered(heard, one);
        else assertBroken(heard);
      });

      test(`a stream that ${what} is an error where nobody may go on with it`, async () => {
        await using scene = await stage(vendor, fault, settings, "on_stream_break: error");
        assertBroken(await ask(scene, true, request));
      });
    }
  });
}

/** The answer's first half, with words in it. */
function begun({ pieces }: Asked): readonly string[] {
  return pieces.slice(0, middle(pieces) + 1);
}

function assertBroken(heard: Heard): void {
  assert.deepEqual([heard.status, heard.isWhole], [200, false]);
  assert.ok(heard.error);
  assert.ok(TEXT.startsWith(heard.text));
}
