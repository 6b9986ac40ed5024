import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../chromium.ts";

/** How the page is looked at. */
interface Look {
  readonly language?: "en-GB" | "zh-TW";
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
}

/** Longer than any step takes on a slow machine. */
const STEP_MS = 30_000;
/** Chromium's words for an answer that is no 2xx: those that a test provokes are the test's own affair. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/**
 * Opens the address as a new visitor, and ends the visit after `body`.
 *
 * @throws AssertionError where the browser had to complain meanwhile: an error that no one caught, a violation of the
 * page's policy, a dialog, or a request that went elsewhere.
 */
export async function visit(
  browser: Browser,
  url: string,
  { language = "en-GB", theme = "light", width = 1280, height = 800 }: Look,
  body: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    locale: language,
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  try {
    context.setDefaultTimeout(STEP_MS);
    const page = await context.newPage();
    const complaints = watch(page, new URL(url).origin);
    await page.goto(url);
    await body(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/** What goes wrong in the browser from now on, in words. */
function watch(page: Page, origin: string): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !REFUSED.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (asked !== origin && protocol !== "data:" && protocol !== "blob:") complaints.push(`request: ${request.url()}`);
  });
  return complaints;
}

/** Chooses a model by typing its name, in the lane that is counted from 0. */
export async function pickModel(page: Page, model: string, lane = 0): Promise<void> {
  await page.locator(".picker-button").nth(lane).click();
  await page.getByRole("combobox").fill(model);
  await page.getByRole("combobox").press("Enter");
}

/** Writes a message and sends it. */
export async function say(page: Page, message: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill(message);
  await field.press("Enter");
}
