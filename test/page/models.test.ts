import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { tinyModel } from "../../src/engine/chat/fixtures/tiny.ts";
import { type FakeHub, startFakeHub } from "../fakes/hub.ts";
import { startOmniport, type TestServer } from "../omniport.ts";
import { launch, pickModel, say, visit } from "./browser.ts";

let folder: string;
let hub: FakeHub;
let server: TestServer;
let browser: Browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-page-"));
  for (const name of ["llama", "gated", "asked"]) {
    await mkdir(join(folder, "remote/tiny", name), { recursive: true });
    await cp(tinyModel("llama-3").snapshot.directory, join(folder, "remote/tiny", name), { recursive: true });
  }
  hub = await startFakeHub(join(folder, "remote"), { gated: ["tiny/gated"] });
  server = await startOmniport({
    HF_ENDPOINT: hub.url,
    HF_HOME: join(folder, "huggingface"),
    OPENAI_API_KEY: "sk-fake",
  });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await server.close();
  await hub.close();
  await rm(folder, { recursive: true });
});

/** Holds large files back: what is to be done then, and how to let them go. */
function hold(): { readonly held: Promise<void>; release(): void } {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve } = Promise.withResolvers<void>();
  Object.assign(hub.behaviour, { hold: promise, onHold: resolve });
  return { held, release };
}

async function pull(page: Page, name: string): Promise<void> {
  await page.getByLabel("Any other model of the Hugging Face hub").fill(name);
  await page.getByLabel("Any other model of the Hugging Face hub").press("Enter");
}

/** The model's row among those on this machine. */
function row(page: Page, name: string): Locator {
  return page.locator(".rows .row").filter({ hasText: name });
}

test("a download shows how far it is, can be ended and gone on with; the model chats, and is deleted", async () => {
  await visit(browser, `${server.url}/#/models`, {}, async (page) => {
    await page.getByText("No model is here yet").waitFor();
    const first = hold();
    await pull(page, "tiny/llama");
    await first.held;
    await page.getByRole("progressbar").first().waitFor();
    await page
      .getByText(/\d+ % · .+ of .+/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Cancel tiny/llama" }).click();
    await page.getByRole("button", { name: "Cancel tiny/llama" }).waitFor({ state: "detached" });
    first.release();

    hub.behaviour.hold = undefined;
    await pull(page, "tiny/llama");
    await page.getByText("tiny/llama is ready.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await row(page, "tiny/llama").getByRole("button", { name: "Load" }).click();
    await row(page, "tiny/llama").getByText("In memory", { exact: true }).waitFor();

    // What is asked meanwhile stays asked when the unloading has ended.
    const unloading = Promise.withResolvers<void>();
    await page.route("**/v1/models/unload", async (route) => {
      await unloading.promise;
      await route.continue();
    });
    await row(page, "tiny/llama").getByRole("button", { name: "Unload" }).click();
    await row(page, "tiny/llama").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").waitFor();
    unloading.resolve();
    await row(page, "tiny/llama").getByText("Ready", { exact: true }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No model is here yet").waitFor();
  });
});

test("a model that cannot be had says why, and what to do about it", async () => {
  await visit(browser, `${server.url}/#/models`, {}, async (page) => {
    await pull(page, "not a name");
    await page.getByText("A name looks like owner/repo").waitFor();
    await pull(page, "tiny/gated");
    const failure = page.getByRole("alert").filter({ hasText: "tiny/gated could not be fetched" });
    await failure.getByText("Accept its licence on its page").waitFor();
    assert.equal(await failure.getByRole("link").first().getAttribute("href"), `${hub.url}/tiny/gated`);
    await failure.getByText("HF_TOKEN=hf_…").waitFor();
    await failure.getByRole("button", { name: "Dismiss" }).click();
    await failure.waitFor({ state: "detached" });
  });
});

test("the providers say which is ready, and which variable the others want", async () => {
  await visit(browser, `${server.url}/#/models`, {}, async (page) => {
    const provider = (name: string): Locator =>
      page.locator("section", { hasText: "Providers" }).getByRole("listitem").filter({ hasText: name });
    await provider("DeepSeek").first().getByText("No key").waitFor();
    await provider("DeepSeek").first().getByText("DEEPSEEK_API_KEY").waitFor();
    assert.equal(await provider("OpenAI").first().getByText("No key").count(), 0);
  });
});

test("a first message to a model that is not here shows how far its download is, and then the answer", async () => {
  await visit(browser, server.url, {}, async (page) => {
    const download = hold();
    await pickModel(page, "huggingface/tiny/asked");
    await say(page, "Hello");
    await download.held;
    await page.getByText(/^Downloading tiny\/asked\S* · \d+ % of .+$/).waitFor();
    download.release();
    await page.locator("article.answer[aria-busy=false] .markdown").waitFor();
    hub.behaviour.hold = undefined;
  });
});
