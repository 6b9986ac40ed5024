import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { ApiFailure } from "../api/request.ts";
import { endPull, type Pull, pulls, startPull } from "./pulls.ts";

/** A download that the test ends: with an error, or by telling that it is done. */
interface Download {
  tell(event: object | "[DONE]"): void;
  readonly isCancelled: () => boolean;
}

const downloads = new Map<string, Download>();

mock.method(globalThis, "fetch", async (path: string, { body, signal }: RequestInit): Promise<Response> => {
  if (path === "/v1/models") return Response.json({ object: "list", data: [] });
  const { model } = JSON.parse(typeof body === "string" ? body : "") as { model: string };
  if (model === "huggingface/meta/gated") {
    return Response.json({ error: { message: "accept its licence", code: "gated" } }, { status: 403 });
  }
  const events = new ReadableStream<Uint8Array>({
    start(controller) {
      signal?.addEventListener("abort", () => controller.error(signal.reason));
      const tell = (event: object | "[DONE]"): void => {
        const data = event === "[DONE]" ? event : JSON.stringify(event);
        controller.enqueue(new TextEncoder().encode(`data: ${data}\n\n`));
        if (event === "[DONE]") controller.close();
      };
      downloads.set(model, { tell, isCancelled: () => signal?.aborted === true });
    },
  });
  return new Response(events);
});

afterEach(() => {
  for (const { model } of pulls.value) endPull(model);
  downloads.clear();
});

test("a download tells how far it is, and that it is done", async () => {
  startPull("huggingface/a/a", "pull");
  const download = await begun("huggingface/a/a");
  download.tell({ omniport: { state: "downloading", bytes: 0, done_bytes: 5, total_bytes: 10 } });
  assert.equal((await pullWhere(({ progress }) => progress !== undefined)).progress?.done_bytes, 5);
  download.tell("[DONE]");
  await pullWhere(({ isDone }) => isDone === true);
});

test("two run at once, others wait for their turn; one that is cancelled makes room", async () => {
  for (const name of ["a", "b", "c"]) startPull(`huggingface/x/${name}`, "pull");
  const first = await begun("huggingface/x/a");
  await begun("huggingface/x/b");
  assert.equal(downloads.has("huggingface/x/c"), false);
  endPull("huggingface/x/a");
  assert.ok(first.isCancelled());
  await begun("huggingface/x/c");
  assert.deepEqual(
    pulls.value.map(({ model }) => model),
    ["huggingface/x/b", "huggingface/x/c"],
  );
});

test("one that is refused stays, with the reason, until it is tried again or dismissed", async () => {
  startPull("huggingface/meta/gated", "pull");
  const { failure } = await pullWhere(({ failure }) => failure !== undefined);
  assert.ok(failure instanceof ApiFailure);
  assert.equal(failure.code, "gated");
  startPull("huggingface/meta/gated", "pull");
  assert.equal(pulls.value.length, 1);
  assert.equal(pulls.value[0]?.failure, undefined);
  endPull("huggingface/meta/gated");
  assert.deepEqual(pulls.value, []);
});

test("an error in the midst of a download is its failure", async () => {
  startPull("huggingface/a/a", "pull");
  (await begun("huggingface/a/a")).tell({ error: { message: "no room", code: "disk_full" } });
  const { failure } = await pullWhere(({ failure }) => failure !== undefined);
  assert.equal(failure?.message, "no room");
});

async function begun(model: string): Promise<Download> {
  for (;;) {
    const download = downloads.get(model);
    if (download) return download;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function pullWhere(holds: (pull: Pull) => boolean): Promise<Pull> {
  return new Promise((resolve) => {
    const end = pulls.subscribe((all) => {
      const found = all.find(holds);
      if (found) queueMicrotask(() => resolve((end(), found)));
    });
  });
}
