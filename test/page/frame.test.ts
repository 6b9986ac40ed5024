import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type Fronted, startFronted } from "../fronted.ts";
import { launch, visit } from "./browser.ts";

const MAX_FIRST_LOAD_BYTES = 150 * 1024;
const MAX_FIRST_LOAD_REQUESTS = 12;
/** Parsing and running more than that in one piece would hold the page up. */
const MAX_MODULE_CHARACTERS = 200_000;

let browser: Browser;
let fronted: Fronted;

before(async () => {
  fronted = await startFronted();
  browser = await launch();
});

after(async () => {
  await browser.close();
  await fronted[Symbol.asyncDispose]();
});

test("the first load is small, and all of it comes from this server", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await page.waitForLoadState("networkidle");
    const entries = `["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type).map(({ name }) => name))`;
    const sizes = (await page.evaluate<string[]>(entries)).map(gzipBytes);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    assert.ok(bytes > 30_000 && bytes <= MAX_FIRST_LOAD_BYTES, `${bytes} bytes`);
    assert.ok(sizes.length <= MAX_FIRST_LOAD_REQUESTS, `${sizes.length} requests`);
  });
});

test("nothing waits for more than the page and its scripts: both name all that follows, and data is asked for at once", async () => {
  const { url } = fronted.server;
  const html = await (await fetch(url)).text();
  await visit(browser, url, {}, async (page) => {
    const [scripts, models] = [[] as string[], Promise.withResolvers<void>()];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (["script", "stylesheet"].includes(request.resourceType())) scripts.push(pathname);
      if (pathname === "/v1/models") models.resolve();
    });
    await page.route("**/admin/session", async (route) => {
      await models.promise; // which is asked for before this is answered
      await route.continue();
    });
    await page.reload();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    assert.ok(scripts.length > 1);
    for (const path of scripts) {
      assert.ok(html.includes(`"${path}"`), `${path} is found late`);
      const { length } = await (await fetch(url + path)).text();
      assert.ok(length <= MAX_MODULE_CHARACTERS, `${path} has ${length} characters`);
    }
  });
});

/** What the address takes on its way to a browser that knows gzip only. */
async function gzipBytes(url: string): Promise<number> {
  const response = await fetch(url, { headers: { "accept-encoding": "gzip" } });
  await response.arrayBuffer();
  return Number(response.headers.get("content-length"));
}

test("the page speaks the browser's language, and the chosen one after a reload", async () => {
  await visit(browser, fronted.server.url, { language: "zh-TW" }, async (page) => {
    await page.getByRole("heading", { name: "想聊些什麼？" }).waitFor();
    for (const view of ["嵌入向量", "模型", "流量"]) {
      await page.getByRole("link", { name: view, exact: true }).click();
      await page.getByRole("heading", { name: view, level: 1 }).waitFor();
    }
    await page.getByRole("radio", { name: "English" }).check();
    await page.getByRole("heading", { name: "Traffic", level: 1 }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Traffic", level: 1 }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
  });
});

test("the chosen theme outlasts a reload, whatever the system has", async () => {
  await visit(browser, fronted.server.url, { theme: "light" }, async (page) => {
    const isDark = `getComputedStyle(document.documentElement).colorScheme === "dark"`;
    assert.equal(await page.evaluate(isDark), false);
    await page.getByRole("radio", { name: "Dark" }).check();
    await page.waitForFunction(isDark);
    await page.reload();
    await page.getByRole("radio", { name: "Dark", checked: true }).waitFor();
    await page.waitForFunction(isDark);
  });
});

test("where motion is unwanted, colours change at once: charts read them in the moment that they are set", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    const read = `["red", "lime"].map((color) => {
      document.body.style.color = color;
      return getComputedStyle(document.body).color;
    })`;
    assert.deepEqual(await page.evaluate(read), ["rgb(255, 0, 0)", "rgb(0, 255, 0)"]);
  });
});

/** The name of what has the focus. */
async function focused(page: Page): Promise<string> {
  const name = `(({ ariaLabel, labels, innerText }) => ariaLabel || labels?.[0]?.innerText || innerText)(document.activeElement)`;
  return String(await page.evaluate(name)).trim();
}

/** Presses Tab until that has the focus; it must be reached, and what has it must be seen to have it. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    const reached = await focused(page);
    passed.push(reached);
    if (typeof name === "string" ? reached === name : name.test(reached)) return;
  }
  assert.fail(`${name} is not reached with Tab: ${passed.join(", ")}`);
}

test("everything is done with the keyboard alone: skip, choose, write, send, look, close", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    const { keyboard } = page;
    const message = page.getByRole("textbox", { name: "Message" });
    await message.waitFor();
    assert.equal(await focused(page), "Message"); // where one begins

    await page.evaluate("document.activeElement.blur()");
    await tabTo(page, "Skip to content");
    await keyboard.press("Enter");
    await tabTo(page, /^Model/);
    await keyboard.press("Enter");
    await page.getByRole("combobox").and(page.locator(":focus")).waitFor(); // it opens in a turn of its own
    await keyboard.type("openai/gpt-4o");
    await keyboard.press("Enter");
    await page.getByRole("button", { name: "Model openai/gpt-4o" }).waitFor();
    assert.match(await focused(page), /^Model/);

    await keyboard.press("Enter");
    await page.getByRole("combobox").waitFor();
    await keyboard.press("Escape");
    await page.getByRole("combobox").waitFor({ state: "detached" });
    assert.match(await focused(page), /^Model/);

    await tabTo(page, "Message");
    await keyboard.type("one");
    await keyboard.press("Shift+Enter");
    await keyboard.type("two");
    await keyboard.press("Enter");
    await page.locator("article.answer[aria-busy=false]").getByText("one").waitFor();
    assert.equal(fronted.provider.calls.at(-1)?.body.messages?.at(-1)?.content, "one\ntwo");
    assert.equal(await focused(page), "Message");

    await keyboard.press("Shift+Tab");
    await tabTo(page, "Message"); // and nothing holds the focus
    await page.getByRole("button", { name: "Show code" }).focus();
    await keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Show code" }).waitFor();
    await keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Show code" }).waitFor({ state: "detached" });
    assert.equal(await focused(page), "Show code");
  });
});
