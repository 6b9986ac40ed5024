import { cpuSeconds, peakMegabytes } from "../processes.ts";
import { type Omniport, pulled, startOmniport } from "./omniport.ts";
import { type Part, say } from "./part.ts";
import { startPeer } from "./python.ts";
import { atLeast, atMost, type Row } from "./row.ts";

const MODEL = "local/embed";
const PEER = "sentence-transformers";
const BATCH = 32;
const WORDS = ["the", "night", "market", "of", "a", "small", "harbour", "town", "opens", "when", "rain", "has", "gone"];

/** `calls` of a batch each take about a second. */
const LENGTHS = {
  short: { words: 7, calls: 20, factor: 2 },
  long: { words: 128, calls: 2, factor: 1.6 },
} as const;
/** all-MiniLM-L6-v2, in batches. */
export const benchEmbeddings: Part = async ({ children, cache, rounds, isAlone }) => {
  const { directory } = pulled(MODEL);
  const server = await startOmniport(children);
  const peer = isAlone ? undefined : await startPeer(children, cache, "sentence_transformers_peer", [directory]);
  const rows: Row[] = [];
  for (const length of ["short", "long"] as const) {
    const { words, calls, factor } = LENGTHS[length];
    const input = texts(words);
    const best = { own: 0, other: 0 };
    await embed(server, input, 1); // loads the model
    await peer?.work({ texts: input, calls: 1 });
    for (let round = 0; round < rounds; round++) {
      best.own = Math.max(best.own, (BATCH * calls) / (await embed(server, input, calls)));
      if (peer) best.other = Math.max(best.other, (BATCH * calls) / (await peer.work({ texts: input, calls })));
    }
    const target = atLeast(factor, PEER, best.own, peer && best.other);
    rows.push({
      work: `all-MiniLM-L6-v2: batches of ${BATCH} texts of ${words} words`,
      unit: "texts/CPU-s",
      omniport: best.own,
      others: peer ? { [PEER]: best.other } : {},
      ...(target && { target }),
    });
    say(`${length} texts: ${JSON.stringify(best)}`);
  }
  const peak = peakMegabytes(server.pid);
  rows.push({
    work: "all-MiniLM-L6-v2: peak memory of the process",
    unit: "MB",
    omniport: peak,
    others: peer ? { [PEER]: peer.peakMegabytes() } : {},
    target: atMost(450, "MB", peak),
  });
  await Promise.all([server.stop(), peer?.stop()]);
  return rows;
};

/** @returns the seconds of processor time that so many calls take. */
async function embed({ post, pid }: Omniport, input: readonly string[], calls: number): Promise<number> {
  const before = cpuSeconds(pid);
  for (let call = 0; call < calls; call++) {
    // As OpenAI's own clients ask for it.
    const response = await post("/embeddings", { model: MODEL, input, encoding_format: "base64" });
    await response.arrayBuffer();
  }
  return cpuSeconds(pid) - before;
}

/** No two of them equal. */
function texts(words: number): readonly string[] {
  return Array.from({ length: BATCH }, (_, index) =>
    Array.from({ length: words }, (_, at) => WORDS[(at * (index + 1) + index) % WORDS.length]).join(" "),
  );
}
