import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type Fronted, startFronted } from "../fronted.ts";
import { launch, pickModel, say, visit } from "./browser.ts";

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

/** Waits until that has the focus. */
async function hasFocus(page: Page, role: "button" | "textbox" | "combobox", name: string | RegExp): Promise<void> {
  const place = page.getByRole(role, { name, exact: true }).and(page.locator(":focus"));
  await place.waitFor();
}

test("what is pressed and goes leaves the focus where one goes on", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await pickModel(page, "openai/gpt-4o");
    await page.locator(".starter").first().press("Enter");
    await page.locator("article.answer[aria-busy=false]").waitFor();
    await hasFocus(page, "textbox", "Message");

    await page.getByRole("button", { name: "Answer again" }).press("Enter");
    await hasFocus(page, "textbox", "Message");
    await page.locator("article.answer[aria-busy=false]").waitFor();

    const edit = page.getByRole("button", { name: "Edit the message" });
    await edit.press("Enter");
    await hasFocus(page, "textbox", "Edit the message");
    await page.keyboard.press("Escape");
    await hasFocus(page, "button", "Edit the message");
    await edit.press("Enter");
    await page.getByRole("button", { name: "Send again" }).press("Enter");
    await page.locator("article.answer[aria-busy=false]").waitFor();
    assert.notEqual(await page.evaluate("document.activeElement.tagName"), "BODY");
  });
});

for (const width of [1280, 360]) {
  test(`settings give the focus back when they are closed: ${width} px`, async () => {
    await visit(browser, fronted.server.url, { width }, async (page) => {
      await page.getByRole("button", { name: "Settings" }).press("Enter");
      await page.getByRole("button", { name: "Close" }).press("Enter");
      await hasFocus(page, "button", "Settings");
    });
  });
}

test("a dialog keeps the focus within, and gives it back", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    const opener = page.getByRole("button", { name: "Show code" });
    await opener.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Show code" });
    await dialog.waitFor();
    for (let presses = 0; presses < 12; presses++) {
      await page.keyboard.press("Tab");
      // Beyond the last control the browser's own come, where the page has no focus.
      const isInside = `document.activeElement === document.body || document.querySelector("dialog").contains(document.activeElement)`;
      assert.ok(await page.evaluate(isInside));
    }
    await dialog.getByRole("button", { name: "Close" }).press("Enter");
    await hasFocus(page, "button", "Show code");
  });
});

test("an error is told at once", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await pickModel(page, "claude/claude-sonnet-4-5");
    await say(page, "hello");
    await page.getByRole("alert").getByText("ANTHROPIC_API_KEY").waitFor();
  });
});

test("messages say which language they are in", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await pickModel(page, "openai/gpt-4o");
    await say(page, "夜市在哪裡？");
    const answer = page.locator("article.answer[aria-busy=false] .markdown");
    await answer.waitFor();
    assert.equal(await answer.getAttribute("lang"), "zh");
    assert.equal(await page.locator(".words").getAttribute("lang"), "zh");
    await page.getByRole("radio", { name: "繁體中文" }).check();
    await page.locator(".words[lang=zh-TW]").waitFor();
  });
});
