import { createHttp } from "../../src/upstream/http.ts";
import type { UpstreamResponse } from "../../src/upstream/upstream.ts";

/** What became of the calls. */
export interface Tally {
  /** Answered in full, and rightly. */
  complete: number;
  /** Ended by an error in OpenAI's shape, by its status, or `stream` where it came in the middle of one. */
  readonly errors: Map<string, number>;
  /** Left by the client in the middle of the answer. */
  left: number;
  /** What must never be: no answer, half an answer that looks whole, another answer than the right one. */
  readonly wrong: string[];
}

export interface LoadOptions {
  /** With `/v1`. */
  readonly api: string;
  /** One of these for each call, in turn. */
  readonly models: readonly string[];
  readonly streams: number;
  /** Calls for whole answers and for embeddings that are under way besides. */
  readonly others: number;
}

export interface Load {
  /** Calls until the time is over, and then lets running calls end. */
  run(durationMs: number): Promise<Tally>;
  /** Hangs up: the server's connections with these clients end. */
  close(): Promise<void>;
}

/** The fakes say it again: twenty-odd pieces, one second. */
const TEXT = "那年夏天 the night market 🍜 smelled of rain, sugar and hot oil; we walked until the last lamp went out.";
/** One stream in so many is left by its client. */
const CALLS_PER_LEAVING = 50;
/** Longer than all of the server's own limits together. */
const UNANSWERED_MS = 60_000;
const MAX_WRONG = 20;

/** The chat completion, the chunk or the error that a text bears. */
interface Answer {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly message?: { readonly content: string };
  }[];
  readonly data?: readonly unknown[];
  readonly error?: { readonly message: string };
}

type Outcome = "complete" | "left" | { readonly error: string };
type Call = (model: string, turn: number) => Promise<Outcome>;

/** Clients that call again as soon as they have been answered. */
export function createLoad({ api, models, streams, others }: LoadOptions): Load {
  const http = createHttp();

  const post = (path: string, body: object): Promise<UpstreamResponse> => {
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", url: api + path, headers, body: JSON.stringify(body) } as const;
    return http.send(request, AbortSignal.timeout(UNANSWERED_MS));
  };

  const stream: Call = async (model, turn) => {
    const { status, body } = await post("/chat/completions", { model, messages: conversation(TEXT), stream: true });
    const isLeaving = turn % CALLS_PER_LEAVING === 0;
    const parts: Buffer[] = [];
    for await (const part of body) {
      parts.push(part);
      if (isLeaving) return "left";
    }
    const text = Buffer.concat(parts).toString();
    return status === 200 ? readStream(text) : readError(status, text);
  };

  const chat: Call = async (model) => {
    const { status, body } = await post("/chat/completions", { model, messages: conversation(TEXT) });
    const text = await textOf(body);
    if (status !== 200) return readError(status, text);
    return readText((JSON.parse(text) as Answer).choices?.[0]?.message?.content ?? "");
  };

  const embed: Call = async () => {
    const { status, body } = await post("/embeddings", { model: "text-embedding-3-small", input: [TEXT, "b"] });
    const text = await textOf(body);
    if (status !== 200) return readError(status, text);
    if ((JSON.parse(text) as Answer).data?.length === 2) return "complete";
    throw new Error(`not two vectors: ${text.slice(0, 200)}`);
  };

  const callAgain = async (call: Call, first: number, until: number, tally: Tally): Promise<void> => {
    for (let turn = first; performance.now() < until; turn++) {
      const model = models[turn % models.length] ?? "";
      await call(model, turn).then(
        (outcome) => note(tally, outcome),
        (thrown: unknown) => wrong(tally, `${model}: ${String(thrown)}`),
      );
    }
  };

  return {
    async run(durationMs) {
      const tally: Tally = { complete: 0, errors: new Map(), left: 0, wrong: [] };
      const until = performance.now() + durationMs;
      await Promise.all([
        ...Array.from({ length: streams }, (_, index) => callAgain(stream, index, until, tally)),
        ...Array.from({ length: others }, (_, index) => callAgain(index % 2 ? chat : embed, index, until, tally)),
      ]);
      return tally;
    },
    close: () => http.close(),
  };
}

function conversation(content: string): readonly object[] {
  return [{ role: "user", content }];
}

/** Whole with `[DONE]`; with an error event without it. */
function readStream(text: string): Outcome {
  const events = text.split("\n\n").filter((event) => event.startsWith("data: "));
  const isDone = events.at(-1) === "data: [DONE]";
  const answers = (isDone ? events.slice(0, -1) : events).map((event) => JSON.parse(event.slice(6)) as Answer);
  const error = answers.at(-1)?.error;
  if (error && !isDone) return { error: "in a stream" };
  if (error || !isDone) throw new Error(`a stream without its end: …${text.slice(-200)}`);
  return readText(answers.map(({ choices = [] }) => choices[0]?.delta?.content ?? "").join(""));
}

function readText(text: string): Outcome {
  if (text === TEXT) return "complete";
  throw new Error(`not the right answer: ${text}`);
}

function readError(status: number, text: string): Outcome {
  if ((JSON.parse(text) as Answer).error?.message) return { error: String(status) };
  throw new Error(`an error without its message: ${text.slice(0, 200)}`);
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString();
}

function note(tally: Tally, outcome: Outcome): void {
  if (outcome === "complete") tally.complete++;
  else if (outcome === "left") tally.left++;
  else tally.errors.set(outcome.error, (tally.errors.get(outcome.error) ?? 0) + 1);
}

function wrong({ wrong }: Tally, what: string): void {
  if (wrong.length < MAX_WRONG) wrong.push(what);
}
