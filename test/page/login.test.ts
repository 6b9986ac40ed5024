import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { type Fronted, startFronted } from "../fronted.ts";
import { launch, pickModel, say, visit } from "./browser.ts";

const KEY = "a-client-key";

let browser: Browser;
let fronted: Fronted;

before(async () => {
  fronted = await startFronted({ environment: { OMNIPORT_API_KEY: KEY, TRAFFIC: "on" } });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await fronted[Symbol.asyncDispose]();
});

test("who has the key signs in, chats and signs out; the key is nowhere in the browser", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    const field = page.getByLabel("Key", { exact: true });
    await field.fill("a-wrong-key");
    await field.press("Enter");
    await page.getByText("That is not the key of this server.").waitFor();
    await field.fill(KEY);
    await page.getByRole("button", { name: "Sign in" }).click();

    await pickModel(page, "openai/gpt-4o");
    await say(page, "signed in");
    await page.locator("article.answer[aria-busy=false]").getByText("signed in").waitFor();
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite, value }) => ({ httpOnly, sameSite, isKey: value.includes(KEY) })),
      [{ httpOnly: true, sameSite: "Strict", isKey: false }],
    );
    const seen = "JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])";
    const visible = String(await page.evaluate(seen));
    assert.ok(!visible.includes(KEY) && !visible.includes(cookies[0]?.value ?? KEY), visible);

    await page.reload();
    await page.getByRole("button", { name: "Sign out" }).click();
    await field.waitFor();
    const status = await page.evaluate(
      `fetch("/v1/models", { headers: { "x-omniport-page": "1" } }).then((r) => r.status)`,
    );
    assert.equal(status, 401);
  });
});

test("who signs in chooses language and theme before, and finds them again after", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await page.getByRole("radio", { name: "Dark" }).check();
    await page.getByRole("radio", { name: "繁體中文" }).check();
    await page.getByRole("heading", { name: "登入" }).waitFor();
    assert.equal(await page.evaluate("document.activeElement.type"), "radio");
    await page.reload();
    await page.getByLabel("金鑰", { exact: true }).fill("a-wrong-key");
    await page.getByRole("button", { name: "登入" }).click();
    await page.getByText("這不是這台伺服器的金鑰。").waitFor();
    await page.getByLabel("金鑰", { exact: true }).fill(KEY);
    await page.getByRole("button", { name: "登入" }).click();
    await page.getByRole("radio", { name: "深色", checked: true }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hant-TW");
  });
});

test("another page cannot use the cookie: not without this page's header, not from another origin", async () => {
  const { server } = fronted;
  await visit(browser, server.url, {}, async (page) => {
    await page.getByLabel("Key", { exact: true }).fill(KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    const body = JSON.stringify({ model: "openai/gpt-4o", messages: [{ role: "user", content: "not mine" }] });
    const post = (headers: object): Promise<unknown> =>
      page.evaluate(
        `fetch("/v1/chat/completions", ${JSON.stringify({ method: "POST", headers, body })}).then((r) => r.status)`,
      );
    const json = { "content-type": "application/json" };
    assert.equal(await post(json), 401);
    assert.equal(await post({ ...json, "x-omniport-page": "1" }), 200);

    const calls = fronted.provider.calls.length;
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    for (const [site, origin] of [
      ["cross-site", "https://example.org"],
      ["same-site", "http://127.0.0.1:1"],
    ] as const) {
      const forged = { ...json, cookie, origin, "sec-fetch-site": site, "x-omniport-page": "1" };
      const answer = await page
        .context()
        .request.post(`${server.api}/chat/completions`, { headers: forged, data: body });
      assert.equal(answer.status(), 401, site);
    }
    assert.equal(fronted.provider.calls.length, calls);
  });
});
