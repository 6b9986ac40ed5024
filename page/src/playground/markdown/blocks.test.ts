import assert from "node:assert/strict";
import { test } from "node:test";
import { blocks } from "./blocks.ts";

function shown(markdown: string): readonly string[] {
  return blocks(markdown).map((block) => (block.kind === "code" ? `[${block.language}] ${block.code}` : block.html()));
}

test("a formula apart is a block of its own, and Markdown leaves its signs alone", () => {
  const formula = "\\int_{a}^{b} f(x)\\,dx * g_1 * h_1";
  assert.deepEqual(shown(`Look:\n$$${formula}$$\nand\n\\[\n${formula}\n\\]`), [
    "<p>Look:</p>\n",
    `[latex] ${formula}`,
    "<p>and</p>\n",
    `[latex] ${formula}`,
  ]);
});

test("a formula in a line is code, and an amount of money is not", () => {
  assert.deepEqual(shown("$a_1*b_1*c < d$ and \\(e_{2}\\)"), [
    "<p><code>a_1*b_1*c &lt; d</code> and <code>e_{2}</code></p>\n",
  ]);
  assert.deepEqual(shown("between $5 and $10, or $5-$10 at most"), ["<p>between $5 and $10, or $5-$10 at most</p>\n"]);
});

test("a formula that has not ended yet is text", () => {
  assert.deepEqual(shown("$$\\frac{1}{2}"), ["<p>$$\\frac{1}{2}</p>\n"]);
});
