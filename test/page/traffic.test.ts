import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { sendJson, speak } from "../fakes/openai.ts";
import { type Fronted, startFronted } from "../fronted.ts";
import { launch, pickModel, say, visit } from "./browser.ts";

let browser: Browser;
let fronted: Fronted;

before(async () => {
  fronted = await startFronted({
    environment: { TRAFFIC: "on" },
    yaml: "aliases: { careful: [openai/broken, openai/gpt-4o] }",
    answer: (call, response) =>
      call.body.model === "broken"
        ? sendJson(response, { error: { message: "no such model" } }, 404)
        : speak(call, response),
  });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await fronted[Symbol.asyncDispose]();
});

test("a program's call shows while one looks, and its page has each try of each model", async () => {
  const { server, client } = fronted;
  await visit(browser, `${server.url}/#/traffic`, {}, async (page) => {
    await page.getByText("No call yet").waitFor();
    const messages = [{ role: "user" as const, content: "secret words" }];
    await client.chat.completions.create({ model: "careful", messages, logit_bias: { 50_256: -100 } });
    await page.getByRole("link", { name: "careful" }).click();

    await page.getByRole("heading", { name: "careful" }).waitFor();
    const tries = page.locator(".waterfall .try");
    assert.deepEqual(await tries.locator("strong").allInnerTexts(), ["openai/broken", "openai/gpt-4o"]);
    assert.match(await tries.nth(0).innerText(), /404/);
    assert.match(await tries.nth(1).innerText(), /Answered/);
    assert.equal(await page.locator(".waterfall .track").count(), 2);

    await page.getByText("RECORD_CONTENT=true").waitFor();
    await page.getByText("user-agent").waitFor();
    assert.ok(!(await page.locator("body").innerText()).includes("secret words"));
    await page.getByRole("link", { name: "All calls" }).click();
    await page.getByRole("heading", { name: "By model" }).waitFor();
  });
});

test("what the playground asks is a call, too, and calls are found by their model and outcome", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await pickModel(page, "openai/broken");
    await say(page, "hello");
    await page.getByRole("alert").waitFor();
    await page.getByRole("link", { name: "Traffic" }).click();
    await page.getByLabel("Outcome").selectOption("Failed");
    const failed = page.getByRole("row", { name: /openai\/broken/ });
    await failed.waitFor();
    const model = page.getByRole("combobox", { name: "Model" });
    await model.fill("openai/nothing");
    await model.press("Enter");
    await page.getByText("No call fits the filter.").waitFor();
  });
});

test("an answer tells what it has cost, or that no price is known", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await pickModel(page, "openai/gpt-4o");
    await say(page, "hello");
    await page
      .locator(".figures")
      .getByText(/\$0\.\d/)
      .waitFor();
    await page.getByRole("button", { name: "New conversation" }).click();
    await pickModel(page, "openai/nobody-knows-it");
    await say(page, "hello");
    await page.locator(".figures").getByTitle("No price is known for this model.").waitFor();
  });
});
