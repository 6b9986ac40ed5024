import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { createTraffic } from "../src/store/traffic/traffic.ts";
import { whyNoChromium } from "../test/chromium.ts";
import { startFakeProvider } from "../test/fakes/openai.ts";
import { startOmniport, startWithWeights, type TestServer } from "../test/omniport.ts";
import { launch, pickModel } from "../test/page/browser.ts";
import { perform, type Scene, SCENES } from "./screenshots/answers.ts";
import { pastCalls } from "./screenshots/calls.ts";

/** Makes the pictures in `docs/images/` of the page as it is now: the real server, with models of this machine and a fake provider. */
const root = fileURLToPath(new URL("..", import.meta.url));
const images = join(root, "docs/images");
/** After so long each call is over. */
const OVER_MS = 15_000;

type Theme = "light" | "dark";
type Language = keyof typeof SCENES;

interface Picture {
  /** Without the language: `playground` becomes `playground.en.png` and `playground.zh-TW.png`. */
  readonly name: string;
  readonly theme: Theme;
  readonly of: "models" | "calls";
  readonly address: string;
  /** Brings what is to be seen into the view. */
  readonly show: (page: Page, scene: Scene) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: "playground", theme: "light", of: "models", address: "/", show: converse },
  { name: "models", theme: "light", of: "models", address: "/#/models", show: showModels },
  { name: "traffic", theme: "dark", of: "calls", address: "/#/traffic", show: showCharts },
  { name: "call", theme: "light", of: "calls", address: "/#/traffic", show: openFallback },
];

await main();

async function main(): Promise<void> {
  const missing = whyNoChromium();
  if (missing !== undefined) throw new Error(missing);
  run("scripts/build-page.ts");
  run("src/main.ts", "pull", "local/tiny");
  mkdirSync(images, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), "omniport-screenshots-"));
  const provider = await startFakeProvider(perform);
  const keys = {
    OPENAI_API_KEY: "sk-fake",
    OPENAI_BASE_URL: provider.url,
    DEEPSEEK_API_KEY: "sk-fake",
    DEEPSEEK_API_URL: provider.url,
  };
  await keepCalls(join(home, ".cache/omniport/traffic.db"));
  const servers = {
    models: await startWithWeights({ ...keys, OMNIPORT_THREADS: "2" }),
    calls: await startOmniport({ ...keys, HOME: home, TRAFFIC: "on" }),
  };
  const browser = await launch();
  try {
    for (const picture of PICTURES) {
      for (const language of ["en", "zh-TW"] as const) await take(browser, servers, picture, language);
    }
  } finally {
    await browser.close();
    for (const server of Object.values(servers)) await server.close();
    await provider.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function take(
  browser: Browser,
  servers: Readonly<Record<Picture["of"], TestServer>>,
  { name, theme, of, address, show }: Picture,
  language: Language,
): Promise<void> {
  const context = await browser.newContext({
    locale: language,
    colorScheme: theme,
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(servers[of].url + address);
  await show(page, SCENES[language]);
  await page.screenshot({ path: join(images, `${name}.${language}.png`) });
  await context.close();
  console.log(`docs/images/${name}.${language}.png`);
}

/** Asks all of the scene's models, and waits for the last of them. */
async function converse(page: Page, { models, question }: Scene): Promise<void> {
  for (const [lane, model] of models.entries()) {
    if (lane > 0) await page.locator(".lanes-models > .button").click();
    await pickModel(page, model, lane);
  }
  await page.locator(".composer textarea").fill(question);
  await page.locator(".composer textarea").press("Enter");
  await page
    .locator("article.answer[aria-busy=false]")
    .nth(models.length - 1)
    .waitFor();
  await page.waitForLoadState("networkidle"); // code is coloured when its language has come
}

async function showModels(page: Page): Promise<void> {
  await page.locator(".suggestion").first().waitFor();
  await page.locator(".rows .row").first().waitFor();
}

async function showCharts(page: Page): Promise<void> {
  await page.locator(".chart canvas").last().waitFor();
}

/** The newest call for which a second model had to be asked: nobody asks for that one by its name. */
async function openFallback(page: Page): Promise<void> {
  await page.locator(".filter input").fill("openai/gpt-4o");
  await page.locator(".filter input").press("Enter");
  await page
    .getByRole("row", { name: /→ openai\/gpt-4o / })
    .getByRole("link")
    .first()
    .click();
  await page.locator(".waterfall .try").first().waitFor();
}

/** Writes an hour's calls, as a server would have. */
async function keepCalls(path: string): Promise<void> {
  const traffic = createTraffic({
    path,
    maxCalls: 10_000,
    maxAgeMs: 86_400_000,
    recordContent: false,
    modelOf: ({ provider, providerModel }) => `${provider}/${providerModel}`,
    warn: (message) => console.error(message),
  });
  const headers = { "user-agent": "OpenAI/Python 2.1.0", "content-type": "application/json" };
  for (const record of pastCalls(Date.now() - OVER_MS)) traffic.record(record, { headers });
  await traffic.close();
}

/** @throws where it fails. */
function run(...command: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [...command], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`'node ${command.join(" ")}' failed`);
}
