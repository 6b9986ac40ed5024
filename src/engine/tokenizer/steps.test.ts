import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { normalizer, type NormalizerConfig } from "./normalizers.ts";
import { preTokenizer, type PreTokenizerConfig } from "./pre-tokenizers.ts";
import { loadTokenizer } from "./tokenizer.ts";

/** What the library in Rust makes of texts, step by step; see `fixtures/make.py`. */
interface Steps {
  readonly preTokenizers: readonly Reference<PreTokenizerConfig, readonly string[]>[];
  readonly normalizers: readonly Reference<NormalizerConfig, string>[];
  readonly addedTokens: { readonly tokenizer: object; readonly texts: readonly (readonly [string, number[]])[] };
}

interface Reference<Config, Made> {
  readonly config: Config;
  readonly texts: readonly (readonly [text: string, made: Made])[];
}

const steps = JSON.parse(await readFile(new URL("fixtures/steps.json", import.meta.url), "utf8")) as Steps;

describe("words are those of the reference", () => {
  for (const { config, texts } of steps.preTokenizers) {
    test(JSON.stringify(config), () => {
      const split = preTokenizer(config);
      for (const [text, words] of texts) assert.deepEqual(split(text, true), words, text);
    });
  }
});

describe("normalised texts are those of the reference", () => {
  for (const { config, texts } of steps.normalizers) {
    test(JSON.stringify(config), () => {
      const normalize = normalizer(config);
      for (const [text, made] of texts) assert.equal(normalize?.(text), made, text);
    });
  }
});

test("added tokens are found as the reference finds them: with spaces around, as whole words, normalised", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "omniport-added-"));
  t.after(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "tokenizer.json"), JSON.stringify(steps.addedTokens.tokenizer));
  const tokenizer = await loadTokenizer({ id: "a/b", directory, files: ["tokenizer.json"], revision: "0" });
  for (const [text, ids] of steps.addedTokens.texts) {
    assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: true }), ids, text);
  }
});

test("a long text of spaces, or of tokens with spaces before them, takes no longer than others", () => {
  const strip = normalizer({ type: "Strip", strip_left: true, strip_right: true });
  const text = `${" ".repeat(200_000)}x${" ".repeat(200_000)}x `;
  assert.equal(strip?.(text).length, 200_002);
});

test("a step that is not known is named", () => {
  assert.throws(
    () => preTokenizer({ type: "Sequence", pretokenizers: [{ type: "Tarot" }] }),
    /PreTokenizer type: Tarot/,
  );
});
