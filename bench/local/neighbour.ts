import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CASES } from "../cases.ts";
import type { Children } from "../children.ts";
import type { Load, Measured } from "../load.ts";
import { startMock } from "../mock.ts";
import { type Omniport, startOmniport } from "./omniport.ts";
import { type Part, say } from "./part.ts";

/** As many as the engine computes side by side. */
const STREAMS = 4;
const SECONDS = 4;
const TARGET = 1.3;

/** How long a call of a cloud model takes while a local model generates as fast as it can, and without it. */
export const benchNeighbour: Part = async ({ children, rounds }) => {
  const mock = await startMock(children, []);
  const server = await startOmniport(children, { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: `${mock.url}/v1` });
  await generate(server, AbortSignal.timeout(60_000)); // loads the model
  await medianMs(children, server);

  const quiet: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < rounds; round++) {
    quiet.push(await medianMs(children, server));
    const over = new AbortController();
    const streams = Array.from({ length: STREAMS }, () => keepGenerating(server, over.signal));
    busy.push(await medianMs(children, server));
    over.abort();
    await Promise.all(streams);
    say(`a proxied call: ${quiet.at(-1)?.toFixed(2)} ms; while a model generates: ${busy.at(-1)?.toFixed(2)} ms`);
  }
  await server.stop();
  const [without, with_] = [Math.min(...quiet), Math.min(...busy)];
  return [
    {
      work: `median of a proxied call while ${STREAMS} chats are generated`,
      unit: "ms",
      omniport: with_,
      others: { "without them": without },
      target: { text: `≤ ${TARGET} × without them`, isMet: with_ <= TARGET * without },
    },
  ];
};

/** Of calls one after the other. */
async function medianMs(children: Children, { port, pid }: Omniport): Promise<number> {
  const [one] = CASES;
  if (!one) throw new TypeError("There is no case.");
  const load: Load = {
    port,
    pid,
    path: `/v1${one.path}`,
    headers: { authorization: "Bearer sk-test" },
    body: JSON.stringify({ model: "openai/gpt-4o-mini", ...one.body }),
    concurrency: 1,
    contains: one.contains,
    warmSeconds: 1,
    seconds: SECONDS,
  };
  const child = children.launch([process.execPath, join(import.meta.dirname, "../load.ts")]);
  child.stdin?.end(JSON.stringify(load));
  if (!child.stdout) throw new TypeError("The load has no output.");
  const { failures, firstFailure, medianMs } = JSON.parse(await text(child.stdout)) as Measured;
  if (failures > 0) throw new Error(`A proxied call has failed: ${firstFailure}`);
  return medianMs;
}

async function keepGenerating(server: Omniport, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await generate(server, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

async function generate({ post }: Omniport, signal: AbortSignal): Promise<void> {
  const messages = [{ role: "user", content: "Write a long story about the keeper of a lighthouse." }];
  const body = { model: "local/tiny", messages, temperature: 1, max_tokens: 400, stream: true };
  const response = await post("/chat/completions", body, signal);
  await response.arrayBuffer();
}
