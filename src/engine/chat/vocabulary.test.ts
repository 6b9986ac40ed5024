import assert from "node:assert/strict";
import { test } from "node:test";
import type { GgufMetadataTokenizer } from "node-llama-cpp";
import { TOKEN_TYPE } from "../tokenizer/detokenizer.ts";
import { readVocabulary } from "./vocabulary.ts";

/** The texts of the tokens after which a model with these control tokens has no more to say. */
function ends(tokens: readonly string[], moreEnds: readonly number[] = []): readonly string[] {
  const ggml = { model: "gpt2", tokens, token_type: tokens.map(() => TOKEN_TYPE.control) };
  const tokenizer = JSON.parse(JSON.stringify({ ggml })) as GgufMetadataTokenizer;
  const vocabulary = readVocabulary(tokenizer, moreEnds, "tiny/model");
  return tokens.filter((_, id) => vocabulary.ends.has(id));
}

test("a model ends on the end of a turn, and on what its repository names", () => {
  assert.deepEqual(ends(["<|user|>", "<|end|>", "<|im_end|>", "</s>"], [3]), ["<|end|>", "<|im_end|>", "</s>"]);
});

test("Gemma 4's turn ends where it waits for the results of its calls, too", () => {
  assert.deepEqual(ends(["<|turn>", "<turn|>", "<|tool_response>"]), ["<turn|>", "<|tool_response>"]);
});

test("the pieces of Gemma 4's vocabulary are sentencepiece's", () => {
  const ggml = { model: "gemma4", tokens: ["▁a"], token_type: [TOKEN_TYPE.normal] };
  const tokenizer = JSON.parse(JSON.stringify({ ggml })) as GgufMetadataTokenizer;
  const { kind, addSpacePrefix } = readVocabulary(tokenizer, [], "tiny/model");
  assert.deepEqual([kind, addSpacePrefix], ["llama", false]);
});

test("in Harmony, the end of a message is not that of the answer", () => {
  assert.deepEqual(ends(["<|start|>", "<|end|>", "<|return|>", "<|call|>"]), ["<|return|>", "<|call|>"]);
});
