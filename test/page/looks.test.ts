import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe, { type AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { completion, events, sendEvents, sendJson, speak } from "../fakes/openai.ts";
import { type Fronted, startFronted } from "../fronted.ts";
import { startOmniport, type TestServer } from "../omniport.ts";
import { flaws } from "./accessibility-tree.ts";
import { launch, pickModel, visit } from "./browser.ts";

/** Wide, long, and with everything that Markdown has. */
const ANSWER = `# Harbours

| harbour | known for | ships a year |
|---|---|---|
| Keelung | rain, a night market and the ferries to the islands | 12,345 |

${"averyveryverylongword".repeat(12)}

- [x] **one** and \`two\`
- مرحبا بالعالم

$$\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi} \\qquad \\sum_{n=1}^{\\infty} \\frac{1}{n^2} = \\frac{\\pi^2}{6}$$

> A [link](https://example.org).

\`\`\`python
def longest_common_prefix(words: list[str]) -> str: return words[0] if len(set(words)) == 1 else "" # a long line
\`\`\``;

/** Wider than a phone, without a place to break it. */
const LONG_NAME = "openai/a_model_with_a_name_that_is_much_longer_than_a_phone_is_wide_2026_11_23";

let browser: Browser;
let fronted: Fronted;
let locked: TestServer;

before(async () => {
  fronted = await startFronted({
    environment: { TRAFFIC: "on", RECORD_CONTENT: "true" },
    yaml: "aliases: { careful: [openai/broken, openai/gpt-4o] }",
    answer: (call, response) => {
      const { model, stream } = call.body;
      if (!call.path.endsWith("/chat/completions")) return speak(call, response);
      if (model === "broken") return sendJson(response, { error: { message: "no such model" } }, 404);
      return stream === true
        ? sendEvents(response, events(model, ANSWER, true))
        : sendJson(response, completion(model, ANSWER));
    },
  });
  const messages = [{ role: "user" as const, content: "hello" }];
  const headers = { "x-request-id": "looked-at" };
  await fronted.client.chat.completions.create({ model: "careful", messages }, { headers });
  locked = await startOmniport({ OMNIPORT_API_KEY: "a-client-key" });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await locked.close();
  await fronted[Symbol.asyncDispose]();
});

interface Sight {
  readonly address: string;
  /** Brings something to see into the view, and resolves when it is there. */
  readonly show: (page: Page) => Promise<void>;
  readonly isLocked?: boolean;
}

/** Each page and view, with something in it. In both languages, so nothing is found by its words. */
const SIGHTS: Readonly<Record<string, Sight>> = {
  welcome: { address: "/", show: (page) => page.locator(".starter").first().waitFor() },
  conversation: { address: "/", show: converse },
  "models to choose from": {
    address: "/",
    async show(page) {
      await page.locator(".picker-button").click();
      await page.getByRole("option").first().waitFor();
    },
  },
  settings: {
    address: "/",
    async show(page) {
      await page.locator(".lanes-actions button").last().click();
      await page.locator(".settings textarea").first().waitFor();
    },
  },
  embeddings: {
    address: "/#/embeddings",
    async show(page) {
      await pickModel(page, "openai/text-embedding-3-small");
      await page.locator("main textarea").fill("one\ntwo words\nthree words here");
      await page.locator("main .button.primary").click();
      await page.locator(".heat-map, [class*=heat]").first().waitFor();
    },
  },
  models: { address: "/#/models", show: (page) => page.locator(".suggestion").first().waitFor() },
  traffic: { address: "/#/traffic", show: (page) => page.locator(".calls a").first().waitFor() },
  "one call": { address: "/#/traffic/looked-at", show: (page) => page.locator(".waterfall .try").first().waitFor() },
  "API reference": { address: "/docs", show: (page) => page.locator("h2").first().waitFor() },
  login: { address: "/", isLocked: true, show: (page) => page.locator("input[type=password]").waitFor() },
};

async function converse(page: Page): Promise<void> {
  await pickModel(page, LONG_NAME);
  await page.locator(".composer textarea").fill("Which harbours?");
  await page.locator(".composer textarea").press("Enter");
  await page.locator("article.answer[aria-busy=false] table").waitFor();
}

for (const [name, { address, show, isLocked = false }] of Object.entries(SIGHTS)) {
  test(`${name}: nothing that keeps people out, in both themes; no wider than a phone, in both languages`, async () => {
    const url = `${isLocked ? locked.url : fronted.server.url}${address}`;
    await visit(browser, url, {}, async (page) => {
      await show(page);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await barriers(page), [], colorScheme);
      }
      assert.deepEqual(await flaws(page), []);
      await page.setViewportSize({ width: 360, height: 740 });
      assert.deepEqual(await overflowing(page), [], "en");
    });
    await visit(browser, url, { language: "zh-TW", width: 360, height: 740 }, async (page) => {
      await show(page);
      assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hant-TW");
      assert.deepEqual(await overflowing(page), [], "zh-TW");
      assert.deepEqual(await barriers(page), []);
      assert.deepEqual(await flaws(page), []);
    });
  });
}

/** What axe finds that is serious or worse, in words. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))");
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ["violations"] })`);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, any, all }) => `${id}: ${html} ${[...any, ...all][0]?.message ?? ""}`),
    );
}

/** The elements that make the page wider than its window; those within a part that scrolls of its own do not. */
async function overflowing(page: Page): Promise<unknown> {
  return await page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > clientWidth);
    return [scrollWidth + " px", ...wide.slice(0, 8).map((element) => element.outerHTML.slice(0, 120))];
  })()`);
}
