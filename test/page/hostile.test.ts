import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { sendEvents, events } from "../fakes/openai.ts";
import { type Fronted, startFronted } from "../fronted.ts";
import { launch, pickModel, say, visit } from "./browser.ts";

/** What a model may answer that was told to harm its reader. */
const HOSTILE = `
<script>alert(1)</script>
<img src=x onerror=alert(1)>

![pixel](https://example.org/pixel.png) <img src="/v1/models">

[script](javascript:alert(1)) [page](data:text/html,<script>alert(1)</script>) [word](vbscript:alert(1))

<svg onload=alert(1)><script>alert(1)</script></svg>

<style>body { background: url(https://example.org/x) }</style>
<p style="position: fixed; inset: 0; background: url(https://example.org/x)">over all</p>

<iframe src="https://example.org" srcdoc="<script>parent.alert(1)</script>"></iframe>

<form action="https://example.org"><input name=key><button>Sign in</button></form>

<base href="https://example.org/"><meta http-equiv=refresh content="0;url=https://example.org">

<div id=app class=frame>mine</div>

\`\`\`html
<img src=x onerror=alert(1)></code></pre><script>alert(1)</script>
\`\`\`

The end.`;

let browser: Browser;
let fronted: Fronted;

before(async () => {
  fronted = await startFronted({ answer: ({ body }, response) => sendEvents(response, events(body.model, HOSTILE)) });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await fronted[Symbol.asyncDispose]();
});

test("a hostile answer is words: nothing runs, nothing is fetched, nothing poses as the page", async () => {
  await visit(browser, fronted.server.url, {}, async (page) => {
    await pickModel(page, "openai/gpt-4o");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await say(page, "Harm me");
    const answer = page.locator("article.answer[aria-busy=false]");
    await answer.getByText("The end.").waitFor();
    await answer.locator("pre .hljs-tag").first().waitFor(); // coloured, too
    const foreign = asked.filter((path) => !/^\/(v1\/chat\/completions|v1\/models|admin\/|assets\/)/.test(path));
    assert.deepEqual(foreign, []);
    assert.equal(asked.filter((path) => path === "/v1/chat/completions").length, 1);

    const markdown = answer.locator(".markdown");
    const elements = "script, style, iframe, svg, form, input, base, meta, [id], [style]";
    assert.equal(await markdown.locator(`:is(${elements}):not(.code-block *)`).count(), 0);
    const links = await markdown.locator("a[href]").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    assert.deepEqual(
      links.filter((href) => !/^https?:/.test(href ?? "")),
      [],
    );
    assert.equal(page.url(), `${fronted.server.url}/`);
    assert.match(await answer.innerText(), /<script>alert\(1\)<\/script>/);
  });
});
