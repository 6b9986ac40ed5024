import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { createLines } from "./lines.ts";

const module = JSON.stringify(new URL("lines.ts", import.meta.url).href);
const lostLine = (count: number): string => `${count} lost\n`;

test("a file gets all lines in their order", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "lines-"));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "log");
  const file = await open(path, "a");
  context.after(() => file.close());
  const lines = createLines(file.fd, lostLine);
  const all = Array.from({ length: 5_000 }, (_, n) => `line ${n} ${"夜".repeat(n % 50)}\n`);
  for (const line of all) lines.write(line);
  const written = async (): Promise<string> => readFile(path, "utf8");
  while ((await written()).length < all.join("").length) await setTimeout(10);
  assert.equal(await written(), all.join(""));
});

test("lines that cannot be written end nothing", async () => {
  const program = `
    const { openSync } = await import("node:fs");
    const { createLines } = await import(${module});
    for (const unwritable of [process.execPath, "."]) {
      const lines = createLines(openSync(unwritable, "r"), String);
      for (let n = 0; n < 1000; n++) lines.write("a line of a log\\n".repeat(10));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    console.log("alive");
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  assert.equal(stdout, "alive\n");
});

test("what a reader that is slow leaves no room for is counted, and told when it reads again", async () => {
  const program = `
    const { createLines } = await import(${module});
    const lines = createLines(2, (count) => count + " lost\\n");
    const line = "x".repeat(999) + "\\n";
    for (let n = 0; n < 10_000; n++) lines.write(line);
    await new Promise((resolve) => process.stdin.once("data", resolve));
    for (let n = 0; n < 3; n++) lines.write(line);
    process.stdin.destroy();
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  let text = "";
  child.stderr.once("readable", () => {
    child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
    child.stdin.write("go on");
  });
  await once(child, "close");
  const lines = text.split("\n");
  const lost = lines.filter((line) => line.endsWith(" lost")).map((line) => Number.parseInt(line, 10));
  const written = lines.filter((line) => line.startsWith("x")).length;
  assert.ok(lost.length > 0, "no loss was told");
  assert.equal(written + lost.reduce((sum, count) => sum + count, 0), 10_003);
});
