import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileEntry, guessPurpose, missing, neededFiles, type Purpose, quantizedModels } from "./needed-files.ts";

const entries = (paths: readonly string[], size = 2e9): readonly FileEntry[] => paths.map((path) => ({ path, size }));
const choose = (paths: readonly string[], purpose: Purpose, quantization?: string, size?: number): unknown =>
  neededFiles(entries(paths, size), purpose, quantization)?.map((file) => file.path);

const QUANTS = ["m-Q2_K.gguf", "m-Q4_0.gguf", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "m-f16.gguf", "mmproj-m-f16.gguf"];

test("chat: a large model comes in Q4_K_M, a small one in Q8_0, unless the name says otherwise", () => {
  assert.deepEqual(choose(QUANTS, "chat"), ["m-Q4_K_M.gguf"]);
  assert.deepEqual(choose(QUANTS, "chat", undefined, 6e8), ["m-Q8_0.gguf"]);
  assert.deepEqual(choose(QUANTS, "chat", "q2_k"), ["m-Q2_K.gguf"]);
  assert.deepEqual(choose(QUANTS, "chat", "F16"), ["m-f16.gguf"]);
  assert.deepEqual(choose(["x.imatrix.gguf", "m-IQ1_S.gguf"], "chat"), ["m-IQ1_S.gguf"]);
  assert.deepEqual(choose(["model.gguf"], "chat"), ["model.gguf"]);
});

test("chat: a quantisation is matched as a whole, never as part of another", () => {
  assert.equal(choose(["m-IQ4_XS.gguf", "m-Q4_K_M.gguf"], "chat", "Q4_K"), undefined);
  assert.equal(choose(["m-BF16.gguf"], "chat", "F16"), undefined);
  assert.deepEqual(choose(["m-UD-Q4_K_XL.gguf"], "chat", "Q4_K_XL"), ["m-UD-Q4_K_XL.gguf"]);
  assert.deepEqual(choose(["m-UD-Q2_K.gguf", "m-Q2_K.gguf"], "chat", "Q2_K"), ["m-Q2_K.gguf"]);
  assert.deepEqual(choose(["m.fp16.gguf", "m.Q8_0.gguf"], "chat", "f16"), ["m.fp16.gguf"]);
  assert.deepEqual(choose(["tiny_q4_0_imat.gguf"], "chat", "Q4_0"), ["tiny_q4_0_imat.gguf"]);
});

test("chat: a split model is all of its parts in order, and needs all of them", () => {
  const parts = ["Q8_0/m-Q8_0-00002-of-00002.gguf", "Q8_0/m-Q8_0-00001-of-00002.gguf"];
  assert.deepEqual(choose(parts, "chat"), parts.toReversed());
  assert.equal(choose(parts.slice(1), "chat"), undefined);
});

test("chat: configuration, tokenizer and template come along, other files do not", () => {
  const others = ["README.md", "tokenizer.model", "pytorch_model.bin", "onnx/config.json", "model.safetensors"];
  const extras = ["config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];
  assert.deepEqual(choose([...others, ...extras, "m-Q4_K_M.gguf"], "chat"), [...extras, "m-Q4_K_M.gguf"]);
});

test("chat: without a fitting GGUF file, the weights that one can be made of, safetensors first", () => {
  const extras = ["config.json", "generation_config.json", "tokenizer.json"];
  const both = [...extras, "model.safetensors", "pytorch_model.bin", "original/consolidated.00.pth"];
  assert.deepEqual(choose(both, "chat"), [...extras, "model.safetensors"]);
  assert.deepEqual(choose([...QUANTS, ...both], "chat", "native"), [...extras, "model.safetensors"]);
  assert.deepEqual(choose(["pytorch_model.bin"], "chat", "q8_0"), ["pytorch_model.bin"]);
  const shards = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"];
  const index = "pytorch_model.bin.index.json";
  assert.deepEqual(choose([...shards, index], "chat"), [index, ...shards]);
  assert.equal(choose([...shards.slice(1), index], "chat"), undefined);
  const fromZero = [0, 1, 2].map((part) => `model-0000${part}-of-00002.safetensors`);
  const names = "model.safetensors.index.json";
  assert.deepEqual(choose([...fromZero, names, "original/model.safetensors"], "chat"), [names, ...fromZero]);
  assert.equal(choose(["model.safetensors"], "chat", "Q5_K_M"), undefined);
  assert.equal(choose(["model.safetensors", "modules.json"], "chat"), undefined);
});

test("each GGUF model is told by its quantisation", () => {
  const plain = ["model.safetensors", "generation_config.json"];
  assert.deepEqual(quantizedModels(entries(plain)), []);
  assert.deepEqual(quantizedModels(entries([...plain, "m-Q4_0.gguf"])), [{ quantization: "Q4_0", bytes: 2e9 }]);
});

test("embedding: safetensors, whole or sharded, with the modules' folders", () => {
  const extras = ["1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors", "config.json"];
  const more = ["modules.json", "sentence_bert_config.json", "tokenizer.json", "vocab.txt"];
  const others = ["pytorch_model.bin", "onnx/model.onnx", "openvino/config.json", "tf_model.h5"];
  assert.deepEqual(choose([...others, ...extras, ...more, "model.safetensors"], "embedding"), [
    ...extras,
    ...more,
    "model.safetensors",
  ]);
  const older = ["2_Dense/pytorch_model.bin", "sentence_xlm-roberta_config.json", "tokenizer.model"];
  assert.deepEqual(choose([...older, "tokenizer_config.json", "pytorch_model.bin"], "embedding"), [
    ...older,
    "tokenizer_config.json",
    "pytorch_model.bin",
  ]);
  const both = ["2_Dense/model.safetensors", "2_Dense/pytorch_model.bin", "model.safetensors"];
  assert.deepEqual(choose(both, "embedding"), ["2_Dense/model.safetensors", "model.safetensors"]);
  const sharded = [1, 2].map((part) => `model-0000${part}-of-00002.safetensors`);
  const index = "model.safetensors.index.json";
  assert.deepEqual(choose([...sharded, index], "embedding"), [index, ...sharded]);
  assert.equal(choose([...sharded.slice(1), index], "embedding"), undefined);
  assert.deepEqual(choose(["pytorch_model.bin", "vocab.txt"], "embedding"), ["vocab.txt", "pytorch_model.bin"]);
});

test("what is missing is said with what there is", () => {
  const unknown = missing("a/m", entries(QUANTS), "chat", "Q9_9");
  assert.equal(unknown.code, "model_not_found");
  assert.match(unknown.message, /'Q9_9'.*Q2_K, Q4_0, Q4_K_M, Q8_0, F16/);
  const noGguf = missing("a/m", entries(["weights.pth"]), "chat", undefined);
  assert.equal(noGguf.code, "unsupported");
  assert.match(noGguf.message, /no GGUF file.*weights\.pth.*'m GGUF'/);
  const notMade = missing("a/m", entries(["model.safetensors"]), "chat", "Q5_K_M");
  assert.equal(notMade.code, "model_not_found");
  assert.match(notMade.message, /'Q5_K_M'.*native, F16, BF16, Q8_0, Q4_0/);
  const encoder = missing("a/m", entries(["model.safetensors", "modules.json"]), "chat", undefined);
  assert.match(encoder.message, /no GGUF file.*makes embeddings/);
  const noWeights = missing("a/m", entries(["tf_model.h5"]), "embedding", undefined);
  assert.equal(noWeights.code, "unsupported");
  assert.match(noWeights.message, /tf_model\.h5/);
});

test("tokenizers of every kind are needed where there is no tokenizer.json, and not where there is one", () => {
  const kinds = ["tekken.json", "qwen.tiktoken", "tiktoken.model", "spm.model", "merges.txt"];
  const paths = (files: readonly string[], purpose: Purpose): readonly string[] | undefined =>
    neededFiles(entries([...files, "model.safetensors"]), purpose, undefined)?.map(({ path }) => path);
  for (const purpose of ["chat", "embedding", "rerank"] as const) {
    assert.deepEqual(paths(kinds, purpose), [...kinds, "model.safetensors"]);
    assert.deepEqual(paths(["tokenizer.json", ...kinds], purpose), ["tokenizer.json", "model.safetensors"]);
    assert.deepEqual(paths(["chat_template.jinja"], purpose), ["chat_template.jinja", "model.safetensors"]);
  }
});

test("what a repository is made for is told by its files and its architecture", () => {
  const plain = entries(["config.json", "model.safetensors"]);
  assert.equal(guessPurpose(entries(["modules.json", "m-Q4_0.gguf"])), "chat");
  assert.equal(guessPurpose([...plain, ...entries(["modules.json"])], "LlamaForCausalLM"), "embedding");
  assert.equal(guessPurpose(plain, "BertForSequenceClassification"), "rerank");
  const judge = [...plain, ...entries(["modules.json", "1_LogitScore/config.json"])];
  assert.equal(guessPurpose(judge, "Qwen3ForCausalLM"), "rerank");
  assert.equal(guessPurpose(plain, "LlamaForCausalLM"), "chat");
  assert.equal(guessPurpose(plain, "XLMRobertaModel"), "embedding");
  assert.equal(guessPurpose([...plain, ...entries(["generation_config.json"])]), "chat");
  assert.equal(guessPurpose(plain), undefined);
  assert.equal(guessPurpose(entries(["config.json"]), "LlamaForCausalLM"), undefined);
});
