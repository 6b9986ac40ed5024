/*
 * Measures how soon the page at / can be used, in Chromium with nothing cached: from the beginning of the navigation until
 * the composer takes text, and until the models are listed. See README.md. `npm run bench:page -- --rounds 9`
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { whyNoChromium } from "../test/chromium.ts";
import { startFronted } from "../test/fronted.ts";
import { launch } from "../test/page/browser.ts";
import { markdownTable } from "./figures.ts";
import { orUsage, positive } from "./usage.ts";

const USAGE = `npm run bench:page -- [options]
  --rounds N   9`;

/** In milliseconds since the navigation began. */
interface Visit {
  readonly composerMs: number;
  readonly modelsMs: number;
  /** What had been fetched by then, the page itself included. */
  readonly requests: number;
  readonly kilobytes: number;
}

/** What is fetched, as the browser counts it: compressed, with headers. */
const FETCHED = `(() => {
  const all = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  return [all.length, all.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1000];
})()`;

const { rounds } = orUsage(USAGE, () => {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
  return { rounds: Math.ceil(positive("--rounds", values.rounds)) };
});
const missing = whyNoChromium();
if (missing !== undefined) throw new Error(missing);

await using fronted = await startFronted();
const browser = await launch();
try {
  const visits: Visit[] = [];
  for (let round = 0; round < rounds; round++) visits.push(await visit(browser, fronted.server.url));
  const row = (name: string, figure: (visit: Visit) => number, digits = 0): readonly string[] => {
    const all = visits.map(figure).toSorted((one, other) => one - other);
    return [name, ...[all[0], all[Math.floor(all.length / 2)], all.at(-1)].map((value = 0) => value.toFixed(digits))];
  };
  const rows = [
    row("the composer takes text, ms", ({ composerMs }) => composerMs),
    row("the models are listed, ms", ({ modelsMs }) => modelsMs),
    row("requests", ({ requests }) => requests),
    row("fetched, kB", ({ kilobytes }) => kilobytes, 1),
  ];
  process.stdout.write(`${markdownTable(["first load", "least", "median", "most"], rows)}\n`);
  process.stdout.write(
    `\n${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}; ${rounds} visits.\n`,
  );
} finally {
  await browser.close();
}

/** A visitor who was never here. */
async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "commit" });
    const composerMs = await msUntil(page, ".composer textarea:focus");
    const modelsMs = await msUntil(page, ".picker-button .badge");
    const [requests = 0, kilobytes = 0] = await page.evaluate<readonly number[]>(FETCHED);
    return { composerMs, modelsMs, requests, kilobytes };
  } finally {
    await context.close();
  }
}

/** A little too much: what is there is looked for from outside of the browser. */
async function msUntil(page: Page, selector: string): Promise<number> {
  await page.waitForSelector(selector);
  return await page.evaluate<number>("performance.now()");
}
