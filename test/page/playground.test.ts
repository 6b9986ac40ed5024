import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import {
  type Answer,
  event,
  type FakeProvider,
  sendEvents,
  speak,
  startEvents,
  startFakeProvider,
} from "../fakes/openai.ts";
import { startWithWeights, type TestServer } from "../omniport.ts";
import { launch, pickModel, say, visit } from "./browser.ts";

/** The models of the fake provider that do something else than to say the last words again. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "never-ends": (_call, response) => {
    startEvents(response).write(chunk({ role: "assistant", content: "I begin" }));
  },
  "writes-paragraphs": async (_call, response) => {
    const stream = startEvents(response);
    stream.write(chunk({ role: "assistant", content: "" }));
    for (const word of PARAGRAPHS.split(/(?<= )/)) {
      stream.write(chunk({ content: word }));
      await new Promise(setImmediate);
    }
    await go.promise;
    stream.end(`${chunk({ content: " The end." })}${chunk({}, "stop")}data: [DONE]\n\n`);
  },
  counts: ({ body }, response) =>
    sendEvents(response, words(`answer ${++asked} to ${String(body.messages?.at(-1)?.content)}`)),
  sees: ({ body }, response) => {
    const image = /"url":"(data:image\/png;base64,[^"]{8})/.exec(JSON.stringify(body.messages))?.[1];
    sendEvents(response, words(`I see ${image ?? "nothing"}`));
  },
  "calls-tools": ({ body }, response) => {
    const last = body.messages?.at(-1) as { readonly role?: string; readonly content?: unknown } | undefined;
    if (last?.role === "tool") return sendEvents(response, words(`The tool says ${String(last.content)}.`));
    const call = { name: "get_weather", arguments: '{"city":"Keelung"}' };
    const tool_calls = [{ index: 0, id: "call_1", type: "function", function: call }];
    return sendEvents(response, [
      chunk({ role: "assistant", tool_calls }),
      chunk({}, "tool_calls"),
      "data: [DONE]\n\n",
    ]);
  },
};

/** Of some hundred tokens; the last paragraph is not whole before it goes on. */
const PARAGRAPHS = `${"The **harbour** lies in the north. ".repeat(20)}\n\n\`\`\`python\nprint(1)\nprint(2)\n\`\`\`\n\n${"Ferries leave at nine. ".repeat(20)}`;
/** Lets it go on. */
let go = Promise.withResolvers<void>();
let asked = 0;
let provider: FakeProvider;
let server: TestServer;
let browser: Browser;

before(async () => {
  provider = await startFakeProvider((call, response) => (ANSWERS[call.body.model] ?? speak)(call, response));
  server = await startWithWeights({ OPENAI_API_KEY: "sk-fake", OPENAI_BASE_URL: provider.url });
  browser = await launch();
});

after(async () => {
  await browser.close();
  await provider.close();
  await server.close();
});

function chunk(delta: object, finish_reason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason }];
  return event({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m", choices });
}

function words(content: string): string[] {
  return [chunk({ role: "assistant", content }), chunk({}, "stop"), "data: [DONE]\n\n"];
}

/** The answers that are whole, in the order in which they stand. */
function answers(page: Page): Locator {
  return page.locator("article.answer[aria-busy=false]");
}

/** Counts how often something is added to what screen readers are told. */
const COUNT_SPOKEN = `
  globalThis.spoken = 0;
  const log = document.querySelector("[role=log]");
  new MutationObserver(() => globalThis.spoken++).observe(log, { childList: true, subtree: true, characterData: true });`;

/** Whether the browser has stored the whole answer of its only conversation. */
const IS_KEPT = isStored(`answer?.state === "done"`);
/** Whether it has stored the beginning of the answer. */
const IS_BEGUN = isStored(`answer?.content === "I begin"`);

/** @param condition in JavaScript, on `answer`. */
function isStored(condition: string): string {
  return `new Promise((resolve, reject) => {
  const opening = indexedDB.open("omniport");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const getting = opening.result.transaction("conversations").objectStore("conversations").getAll();
    getting.onerror = () => reject(getting.error);
    getting.onsuccess = () => {
      opening.result.close();
      const answer = getting.result[0]?.turns[0]?.answers[0];
      resolve(${condition});
    };
  };
})`;
}

test("a newcomer chats with the machine's own model, and finds the conversation after a reload", async () => {
  await visit(browser, server.url, {}, async (page) => {
    const question = "What is the capital of France?";
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Temperature").fill("0");
    await say(page, question);
    await answers(page).getByText("Paris").first().waitFor();
    await answers(page)
      .getByText(/tok\/s/)
      .waitFor();
    const said = await answers(page).locator(".markdown").innerText();
    await page.waitForFunction(IS_KEPT);

    await page.reload();
    await page.getByRole("button", { name: question }).first().click();
    await answers(page).waitFor();
    assert.equal(await answers(page).locator(".markdown").innerText(), said);

    await page.getByRole("button", { name: `What to do with “${question}”` }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page
      .getByRole("dialog", { name: `Delete “${question}”?` })
      .getByRole("button", { name: "Delete" })
      .click();
    await page.getByRole("heading", { name: "What shall we talk about?" }).waitFor();
    assert.equal(await page.locator(".conversation").count(), 0);
  });
});

test("an answer that is stopped ends the provider's call, and what has come of it stays", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "openai/never-ends");
    const called = provider.nextCall();
    await say(page, "Go on");
    await page.getByText("I begin").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    assert.equal((await (await called).closed).wasComplete, false);
    await answers(page).getByText("I begin").waitFor();
    await answers(page).getByText("stopped").waitFor();
  });
});

test("a reload in the middle of an answer keeps what has come of it; it goes on, or is had again", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "openai/never-ends");
    const called = provider.nextCall();
    await say(page, "Tell me all");
    await page.getByText("I begin").waitFor();
    await page.reload();
    assert.equal((await (await called).closed).wasComplete, false);
    await answers(page).getByText("I begin").waitFor();
    await answers(page).getByText("stopped").waitFor();
    await page.getByRole("button", { name: "Answer again" }).waitFor();

    await pickModel(page, "openai/counts");
    await page.getByRole("button", { name: "Let it go on" }).click();
    await answers(page)
      .getByText(/^answer \d+ to Go on where you stopped\.$/)
      .waitFor();
    const { messages } = provider.calls.at(-1)?.body ?? {};
    assert.deepEqual(
      messages?.map(({ content }) => content),
      ["Tell me all", "I begin", "Go on where you stopped."],
    );
  });
});

test("a browser that dies in the middle of an answer has what came until a second before", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "openai/never-ends");
    await say(page, "Tell me all");
    await page.waitForFunction(IS_BEGUN);
  });
});

test("screen readers are told an answer in whole blocks, not each token", async () => {
  go = Promise.withResolvers();
  await visit(browser, server.url, {}, async (page) => {
    const spoken = page.getByRole("log", { name: "Answers as they come" });
    await spoken.waitFor({ state: "attached" });
    await page.evaluate(COUNT_SPOKEN);
    await pickModel(page, "openai/writes-paragraphs");
    await say(page, "Which harbour?");
    await spoken.getByText("python code, 2 lines").waitFor();
    assert.equal(await spoken.getByText("The harbour lies in the north.").count(), 1);
    assert.equal(await spoken.getByText("Ferries leave").count(), 0);
    go.resolve();
    await spoken.getByText(/Ferries leave at nine\. .* The end\.$/).waitFor();
    assert.equal(await page.getByRole("log").count(), 1);
    const times = await page.evaluate<number>("globalThis.spoken");
    assert.ok(times > 1 && times <= 5, String(times));
  });
});

test("an answer can be had again, and the message said otherwise", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "openai/counts");
    await say(page, "one");
    await answers(page)
      .getByText(/^answer \d+ to one$/)
      .waitFor();
    const first = await answers(page).locator(".markdown").innerText();
    await page.getByRole("button", { name: "Answer again" }).click();
    await page.waitForFunction(`!document.querySelector(".markdown")?.innerText.includes(${JSON.stringify(first)})`);
    await answers(page)
      .getByText(/^answer \d+ to one$/)
      .waitFor();

    await page.getByRole("button", { name: "Edit the message" }).click();
    await page.getByRole("textbox", { name: "Edit the message" }).fill("two");
    await page.getByRole("button", { name: "Send again" }).click();
    await answers(page)
      .getByText(/^answer \d+ to two$/)
      .waitFor();
    assert.equal(await answers(page).count(), 1);
  });
});

test("two models answer the same words side by side", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "openai/gpt-4o");
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await pickModel(page, "local/tiny", 1);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Max tokens").fill("8");
    await say(page, "夜市");
    await answers(page).nth(1).waitFor();
    const fake = page.getByRole("article", { name: "Answer of openai/gpt-4o" });
    assert.equal(await fake.locator(".markdown").innerText(), "夜市");
    const local = page.getByRole("article", { name: "Answer of local/tiny" });
    assert.notEqual(await local.locator(".markdown").innerText(), "");
    const [left, right] = [await fake.boundingBox(), await local.boundingBox()];
    assert.ok(left && right && left.y === right.y && left.x + left.width <= right.x, "side by side");
  });
});

/** An image of two pixels as `how` brings it into the page. */
async function bring(page: Page, how: "paste" | "drop"): Promise<void> {
  await page.evaluate(`(async () => {
    const canvas = new OffscreenCanvas(2, 1);
    canvas.getContext("2d").fillRect(0, 0, 1, 1);
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await canvas.convertToBlob()], "dot.png", { type: "image/png" }));
    const how = { bubbles: true, cancelable: true, dataTransfer, clipboardData: dataTransfer };
    const event = "${how}" === "paste" ? new ClipboardEvent("paste", how) : new DragEvent("drop", how);
    document.querySelector(".composer textarea").dispatchEvent(event);
  })()`);
}

for (const how of ["paste", "drop"] as const) {
  test(`an image goes with the message: ${how}`, async () => {
    await visit(browser, server.url, {}, async (page) => {
      await pickModel(page, "openai/sees");
      await bring(page, how);
      await page.locator(".composer-images img").waitFor();
      await say(page, "What is it?");
      await answers(page).getByText("I see data:image/png;base64,iVBORw0K").waitFor();
      await page.locator(".words img").waitFor();
    });
  });
}

test("a tool is called, and its result goes back to the model", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "openai/calls-tools");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByLabel("Tools").fill("[{");
    await page.getByText("This is no valid JSON").waitFor();
    assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
    await page.getByLabel("Tools").fill("");
    await page.getByRole("button", { name: "Begin with an example" }).click();
    await say(page, "How is the weather in Keelung?");
    await page.getByRole("textbox", { name: "Result" }).fill("rain");
    await page.getByRole("button", { name: "Send the results" }).click();
    await answers(page).getByText("The tool says rain.").waitFor();
    assert.match(provider.calls.at(-1)?.text ?? "", /"name":"get_weather"/);
  });
});

test("an answer of the local model keeps to a JSON schema, and is judged", async () => {
  const properties = { isCity: { type: "boolean" }, kind: { enum: ["harbour", "mountain"] } };
  const schema = { type: "object", properties, required: ["isCity", "kind"], additionalProperties: false };
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "local/tiny");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "JSON schema" }).check();
    await page.getByLabel("Schema", { exact: true }).fill(JSON.stringify(schema));
    await say(page, "What is Keelung?");
    await answers(page).getByText("fits the schema").waitFor();
    const answer = JSON.parse(await answers(page).locator("pre").innerText()) as Record<string, unknown>;
    assert.deepEqual(Object.keys(answer).toSorted(), ["isCity", "kind"]);
  });
});

test("the call is shown as a program would make it, in three languages", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await page.getByRole("textbox", { name: "Message" }).fill("Where is Keelung?");
    await page.getByRole("button", { name: "Show code" }).click();
    const dialog = page.getByRole("dialog", { name: "Show code" });
    for (const [language, words] of [
      ["curl", "curl "],
      ["Python", "from openai import OpenAI"],
      ["Node.js", 'from "openai"'],
    ] as const) {
      await dialog.getByRole("radio", { name: language }).check();
      await dialog.locator("pre", { hasText: words }).waitFor();
    }
    assert.match(await dialog.locator("pre").innerText(), /Where is Keelung\?/);
  });
});

test("a model without its key says which variable to set, and leads to the providers", async () => {
  await visit(browser, server.url, {}, async (page) => {
    await pickModel(page, "claude/claude-sonnet-4-5");
    await say(page, "hello");
    await answers(page).getByText("ANTHROPIC_API_KEY").waitFor();
    await page.getByRole("link", { name: "See which providers are ready" }).click();
    await page.getByRole("heading", { name: "Providers" }).waitFor();
  });
});
