/*
 * Measures local models through the whole HTTP server beside what people run them with today: work for each second of
 * processor time, on one thread, in the same run. See README.md. `npm run bench:local -- --parts chat,embeddings`
 */
import { mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { createChildren } from "./children.ts";
import { markdownTable } from "./figures.ts";
import { CACHE } from "./installed.ts";
import { benchChat } from "./local/chat.ts";
import { benchConversion } from "./local/conversion.ts";
import { benchEmbeddings } from "./local/embeddings.ts";
import { benchNeighbour } from "./local/neighbour.ts";
import { cells, HEADER } from "./local/row.ts";
import type { Part } from "./local/part.ts";
import { known, orUsage, positive } from "./usage.ts";

const PARTS: Readonly<Record<string, Part>> = {
  chat: benchChat,
  embeddings: benchEmbeddings,
  conversion: benchConversion,
  neighbour: benchNeighbour,
};
const USAGE = `npm run bench:local -- [options]
  --parts LIST      of ${Object.keys(PARTS).join(", ")}; all of them
  --rounds N        3
  --weights-gb N    size of the repository that is converted: 2.3
  --cache FOLDER    where the others are installed: ${CACHE}
  --alone           measures Omniport only`;

const options = orUsage(USAGE, () => {
  const { values } = parseArgs({
    options: {
      parts: { type: "string", default: Object.keys(PARTS).join(",") },
      rounds: { type: "string", default: "3" },
      "weights-gb": { type: "string", default: "2.3" },
      cache: { type: "string", default: CACHE },
      alone: { type: "boolean", default: false },
    },
  });
  return {
    parts: known("--parts", values.parts, Object.keys(PARTS)),
    rounds: Math.ceil(positive("--rounds", values.rounds)),
    weightsBytes: positive("--weights-gb", values["weights-gb"]) * 1e9,
    cache: values.cache,
    isAlone: values.alone,
  };
});

const children = createChildren();
try {
  mkdirSync(options.cache, { recursive: true });
  const rows = [];
  for (const part of options.parts) {
    rows.push(...((await PARTS[part]?.({ ...options, children })) ?? []));
    process.stdout.write(`\n${markdownTable(HEADER, rows.map(cells))}\n`);
  }
  process.stdout.write(
    `\n${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}; best of ${options.rounds} rounds.\n`,
  );
} finally {
  await children.stopAll();
}
