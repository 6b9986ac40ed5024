import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { CHROMIUM } from "../../../../test/chromium.ts";

/*
 * A sanitiser is as good as the browser's own parser lets it be: what is hostile is tried there, on a page that allows
 * everything, so that only the sanitiser stands between.
 */

const ENTRY = "hostile-markdown";
const SOURCE = `
  import { blocks } from "${fileURLToPath(new URL("blocks.ts", import.meta.url))}";
  import { createSanitiser } from "${fileURLToPath(new URL("safe-html.ts", import.meta.url))}";
  const sanitise = createSanitiser(window);
  window.show = (text) => {
    document.body.innerHTML = blocks(text).map((block) => sanitise(block.kind === "html" ? block.html() : block.code)).join("");
    return document.body.innerHTML;
  };
  window.showHtml = (html) => (document.body.innerHTML = sanitise(html));
`;

let browser: Browser;
let page: Page;
const harm: string[] = [];

before(async () => {
  const script = await bundle();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  page = await browser.newPage();
  page.on("dialog", (dialog) => {
    harm.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => void (request.url().startsWith("data:") || harm.push(`request: ${request.url()}`)));
  await page.setContent("<body></body>");
  await page.addScriptTag({ content: script });
});

after(() => browser.close());

async function bundle(): Promise<string> {
  const { output } = (await build({
    configFile: false,
    logLevel: "warn",
    plugins: [
      { name: ENTRY, resolveId: (id) => (id === ENTRY ? id : null), load: (id) => (id === ENTRY ? SOURCE : null) },
    ],
    build: { write: false, minify: false, rolldownOptions: { input: ENTRY, output: { format: "iife" } } },
  })) as Rolldown.RolldownOutput;
  return output[0].code;
}

/** The HTML that Markdown becomes, after all that it could set off has had the time to happen. */
async function shown(text: string, how: "show" | "showHtml" = "show"): Promise<string> {
  const html = await page.evaluate(`window.${how}(${JSON.stringify(text)})`);
  await page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))`);
  return String(html);
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '<img src="https://example.org/pixel.png">',
  "![pixel](https://example.org/pixel.png)",
  "![own](/v1/models)",
  "[click](javascript:alert(1))",
  "[click](  JaVaScRiPt:alert(1))",
  "[click](data:text/html,<script>alert(1)</script>)",
  "[own](/admin/session)",
  "<a href='vbscript:alert(1)'>x</a>",
  "<svg onload=alert(1)><script>alert(1)</script></svg>",
  "<svg><style><img src=x onerror=alert(1)></style></svg>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  "<iframe src='javascript:alert(1)'></iframe>",
  "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
  "<object data='data:text/html,<script>alert(1)</script>'></object><embed src='javascript:alert(1)'>",
  "<form action='https://example.org'><input name=key><button>Sign in</button></form>",
  "<base href='https://example.org/'><link rel=stylesheet href='https://example.org/x.css'>",
  "<style>body { background: url(https://example.org/x) }</style>",
  "<p style='background: url(https://example.org/x); position: fixed; inset: 0'>x</p>",
  "<meta http-equiv=refresh content='0;url=https://example.org'>",
  "<video src=x onerror=alert(1) autoplay></video><audio src=x onerror=alert(1)>",
  "<details open ontoggle=alert(1)><summary>x</summary></details>",
  "<div id=app class=frame name=body>x</div><img name=getElementById>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "```html\n<img src=x onerror=alert(1)>\n```",
  '| a |\n|---|\n| <img src="x" onerror="alert(1)"> |',
  "<img src='data:image/svg+xml,<svg onload=alert(1) xmlns=http://www.w3.org/2000/svg>'>",
  "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
  '<a href="https://example.org" onclick=alert(1) target=_top>x</a>',
  "\u0000<scr\u0000ipt>alert(1)</scr\u0000ipt>",
];

const FORBIDDEN_TAGS =
  "script, style, iframe, object, embed, form, input, button, base, link, meta, svg, math, video, audio, template";

test("nothing hostile does anything: no script runs, nothing is fetched, nothing of the page is named", async () => {
  for (const text of HOSTILE) {
    for (const how of ["show", "showHtml"] as const) {
      harm.length = 0;
      await shown(text, how);
      assert.deepEqual(harm, [], text);
      const left = await page.evaluate(`[...document.body.querySelectorAll("*")].flatMap((element) => [
        ...(element.matches(${JSON.stringify(FORBIDDEN_TAGS)}) ? [element.tagName] : []),
        ...[...element.attributes].filter(({ name }) => /^(on|style$|id$|class$|name$|srcdoc$)/.test(name)).map(({ name }) => name),
        ...(element.matches("a[href]") && !/^(https?|mailto):/.test(element.getAttribute("href")) ? [element.href] : []),
        ...(element.matches("a[href]") && element.target !== "_blank" ? ["target"] : []),
        ...(element.matches("img") && !/^data:image\\/(png|jpeg|gif|webp);/.test(element.getAttribute("src")) ? [element.outerHTML] : []),
      ])`);
      assert.deepEqual(left, [], text);
    }
  }
});

test("ordinary Markdown stays what it is", async () => {
  const html = await shown(
    'A **bold** [link](https://example.org "t").\n\n| a | b |\n|:-:|---|\n| 1<br>2 | `x<y>` |\n\n3. three\n\n- [x] done\n\nH<sub>2</sub>O ~~no~~\n\n![dot](data:image/gif;base64,R0lGODlhAQABAAAAACw=)',
  );
  for (const part of [
    "<strong>bold</strong>",
    'href="https://example.org"',
    'rel="noopener noreferrer"',
    '<th align="center" dir="auto">a</th>',
    "1<br>2",
    "<code>x&lt;y&gt;</code>",
    '<ol start="3" dir="auto">',
    "☑ done",
    "H<sub>2</sub>O <del>no</del>",
    'src="data:image/gif;base64,R0lGODlhAQABAAAAACw="',
  ]) {
    assert.ok(html.includes(part), `${part} in ${html}`);
  }
});

test("HTML that Markdown needs none of is shown as it was written", async () => {
  await shown("Use `<script>` or <script>alert(1)</script> and <think>this</think>.");
  assert.equal(await page.textContent("body"), "Use <script> or <script>alert(1)</script> and <think>this</think>.\n");
});
