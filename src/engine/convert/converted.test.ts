import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { LlamaModel } from "node-llama-cpp";
import { createEncode } from "../chat/encode.ts";
import { loadChatModel } from "../chat/chat-model.ts";
import { collect, cpu, greedy, never } from "../chat/fixtures/tiny.ts";
import { createChatTemplate, findTemplate } from "../chat/template.ts";
import { readVocabulary } from "../chat/vocabulary.ts";
import { derivedFolder } from "../derived-folder.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { createDetokenizer } from "../tokenizer/detokenizer.ts";
import { convertedFile, type ConvertOptions } from "./converted.ts";
import { CHAT_MODELS, chatModel, familiesOracle, familyModel, folderSnapshot, lastLogits } from "./fixtures/models.ts";

const LOAD = { threads: 1, contextTokens: 512, gpu: "off", runtime: cpu } as const;

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-convert-"));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

async function options(t: TestContext, change: Partial<ConvertOptions> = {}): Promise<ConvertOptions> {
  const cacheDirectory = await folder(t);
  const memory = { bytes: 1e9, setting: "" };
  return { cacheDirectory, quantization: undefined, threads: 1, memory, onNotice: () => undefined, ...change };
}

function fails(code: EngineError["code"], message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

for (const name of CHAT_MODELS) {
  test(`${name}: prompts, tokens, logits and greedy answers are those of the reference`, async (t) => {
    const { snapshot, oracle } = chatModel(name);
    const weights = await convertedFile(snapshot, await options(t), never);
    const llama = await cpu();
    const model = await llama.loadModel({ modelPath: weights });
    const { tokenizer } = model.fileInfo.metadata;
    const vocabulary = readVocabulary(tokenizer, [], snapshot.id);
    const encode = await createEncode(snapshot, model, vocabulary);
    for (const { text, ids_no_special: ids } of oracle.tokenize) assert.deepEqual(encode(text), ids, text);

    const inGguf = { template: tokenizer.chat_template, bos: vocabulary.bosText, eos: vocabulary.eosText };
    const template = createChatTemplate(await findTemplate({ ...snapshot, files: [] }, inGguf), snapshot.id);
    for (const { messages, prompt, prompt_ids: ids, first_step_top: top } of oracle.chat) {
      assert.equal(template.render(messages, {}).text, prompt);
      assert.deepEqual(encode(prompt), ids);
      const logits = await lastLogits(model, ids);
      for (const [id, logit] of top) assert.ok(Math.abs((logits.get(id) ?? 0) - logit) <= 0.2, `token ${id}`);
    }
    await model.dispose();

    const chat = await loadChatModel(snapshot, { ...LOAD, weights }, never);
    t.after(() => chat.dispose());
    for (const { messages, greedy_text: text } of oracle.chat) {
      const answer = await collect(chat.generate(greedy(messages, { maxTokens: 16 }), never));
      assert.equal(answer.text, text);
    }
  });
}

for (const [name, expected] of Object.entries(familiesOracle().logits)) {
  test(`${name}: llama.cpp computes the logits of the reference`, async (t) => {
    const snapshot = familyModel(name, await folder(t));
    const llama = await cpu();
    const model = await llama.loadModel({ modelPath: await convertedFile(snapshot, await options(t), never) });
    t.after(() => model.dispose());
    const logits = await lastLogits(model, familiesOracle().ids);
    assert.equal(logits.size, expected.length);
    for (const [id, logit] of expected.entries())
      assert.ok(Math.abs((logits.get(id) ?? 0) - logit) <= 0.1, `token ${id}: ${logits.get(id)}, not ${logit}`);
  });
}

test("a model with only a sentencepiece tokenizer answers as with its tokenizer.json", async (t) => {
  const { snapshot, oracle } = chatModel("Mistral-Instruct-v0.2");
  const older = { ...snapshot, files: snapshot.files.filter((file) => file !== "tokenizer.json") };
  const weights = await convertedFile(older, await options(t), never);
  const chat = await loadChatModel(older, { ...LOAD, weights }, never);
  t.after(() => chat.dispose());
  for (const { messages, greedy_text: text } of oracle.chat) {
    assert.equal((await collect(chat.generate(greedy(messages, { maxTokens: 16 }), never))).text, text);
  }
});

test("a Unigram tokenizer without pieces for bytes is one that llama.cpp bears, and others are refused", async (t) => {
  const withModel = async (model: object): Promise<Snapshot> => {
    const snapshot = familyModel("qwen2", await folder(t));
    const steps = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: { type: "Metaspace" } };
    const path = join(snapshot.directory, "tokenizer.json");
    await writeFile(path, JSON.stringify({ model, ...steps, added_tokens: [] }));
    return snapshot;
  };
  const pieces = ["<unk>", "▁a", "b", "▁", ...Array.from("abcdefghijklmnopqrstuvwxyz")].map((text) => [text, -1]);
  const unigram = await withModel({ type: "Unigram", unk_id: 0, vocab: pieces });
  const llama = await cpu();
  const model = await llama.loadModel({ modelPath: await convertedFile(unigram, await options(t), never) });
  t.after(() => model.dispose());
  const vocabulary = readVocabulary(model.fileInfo.metadata.tokenizer, [], unigram.id);
  const detokenizer = createDetokenizer(vocabulary, true);
  const latestB = pieces.findLastIndex(([text]) => text === "b");
  assert.equal([1, latestB, 0].map((token) => detokenizer.push(token)).join(""), " ab");

  const words = await withModel({ type: "WordPiece", unk_token: "[UNK]", vocab: { "[UNK]": 0 } });
  await assert.rejects(
    convertedFile(words, await options(t), never),
    fails("unsupported", /kind WordPiece.*BPE, Unigram/),
  );
});

test("a model of Mistral with only a tekken.json has the chat template of Mistral's own library", async (t) => {
  const snapshot = familyModel("ministral3", await folder(t));
  await rm(join(snapshot.directory, "tokenizer.json"));
  const config = { pattern: ".", version: "v7", default_vocab_size: 4, default_num_special_tokens: 3 };
  const special = ["<unk>", "<s>", "</s>"].map((text, rank) => ({ rank, token_str: text }));
  const tekken = { config, vocab: [{ rank: 0, token_bytes: "YQ==" }], special_tokens: special };
  await writeFile(join(snapshot.directory, "tekken.json"), JSON.stringify(tekken));
  await writeFile(join(snapshot.directory, "tokenizer_config.json"), '{"bos_token": "<s>", "eos_token": "</s>"}');
  const weights = await convertedFile(folderSnapshot(snapshot.directory, "tiny/tekken"), await options(t), never);
  const llama = await cpu();
  const model = await llama.loadModel({ modelPath: weights });
  t.after(() => model.dispose());
  const { tokenizer } = model.fileInfo.metadata;
  const { bosText: bos, eosText: eos } = readVocabulary(tokenizer, [], "tiny/tekken");
  const template = createChatTemplate({ template: tokenizer.chat_template, bos, eos }, "tiny/tekken");
  const messages = ["system", "user", "assistant", "user"].map((role, index) => ({ role, content: `${index}` }));
  const prompt = "<s>[SYSTEM_PROMPT]0[/SYSTEM_PROMPT][INST]1[/INST]2</s>[INST]3[/INST]";
  assert.equal(template.render(messages, {}).text, prompt);
});

test("a first Qwen, whose repository names neither special tokens nor a template, is asked as its own code does it", async (t) => {
  const snapshot = familyModel("qwen1", await folder(t));
  const write = (name: string, text: string): Promise<void> => writeFile(join(snapshot.directory, name), text);
  await rm(join(snapshot.directory, "tokenizer.json"));
  const table = Array.from("abc", (letter, rank) => `${Buffer.from(letter).toString("base64")} ${rank}\n`);
  await write("qwen.tiktoken", table.join(""));
  const made = async (format: string): Promise<LlamaModel> => {
    await write("generation_config.json", JSON.stringify({ chat_format: format, eos_token_id: 3 }));
    const weights = await convertedFile(folderSnapshot(snapshot.directory, "tiny/qwen1"), await options(t), never);
    const model = await (await cpu()).loadModel({ modelPath: weights });
    t.after(() => model.dispose());
    return model;
  };
  const base = await made("raw");
  assert.equal(base.fileInfo.metadata.tokenizer.chat_template, undefined);

  const model = await made("chatml");
  const { tokenizer } = model.fileInfo.metadata;
  const vocabulary = readVocabulary(tokenizer, [], snapshot.id);
  assert.deepEqual([...vocabulary.ends], [3, 5]);
  const encode = await createEncode(folderSnapshot(snapshot.directory, snapshot.id), model, vocabulary);
  assert.deepEqual(encode("<|im_start|>cab<|im_end|><|extra_0|>"), [4, 2, 0, 1, 5, 6]);
  const template = createChatTemplate({ template: tokenizer.chat_template, bos: "", eos: "" }, snapshot.id);
  const asked = (role: string, text: string): string => `<|im_start|>${role}\n${text}<|im_end|>\n`;
  const { text } = template.render([{ role: "user", content: "cab" }], {});
  assert.equal(
    text,
    `${asked("system", "You are a helpful assistant.")}${asked("user", "cab")}<|im_start|>assistant\n`,
  );
});

test("a Baichuan 2 is asked as its own code does it, with the tokens that its settings name", async (t) => {
  const snapshot = familyModel("baichuan2", await folder(t));
  const write = (name: string, value: object): Promise<void> =>
    writeFile(join(snapshot.directory, name), JSON.stringify(value));
  const added = ["<user>", "<assistant>"].map((content, index) => ({ id: 60 + index, content, special: false }));
  const tokenizer = JSON.parse(await readFile(join(snapshot.directory, "tokenizer.json"), "utf8")) as object;
  await write("tokenizer.json", { ...tokenizer, added_tokens: added });
  const template = async (): Promise<string | undefined> => {
    const weights = await convertedFile(folderSnapshot(snapshot.directory, "tiny/baichuan"), await options(t), never);
    const model = await (await cpu()).loadModel({ modelPath: weights });
    t.after(() => model.dispose());
    return model.fileInfo.metadata.tokenizer.chat_template;
  };
  await write("generation_config.json", { user_token_id: 60, assistant_token_id: 59 });
  assert.equal(await template(), undefined);
  await write("generation_config.json", { user_token_id: 60, assistant_token_id: 61 });
  const messages = ["system", "user", "assistant", "user"].map((role, index) => ({ role, content: `${index}` }));
  const { render } = createChatTemplate({ template: await template(), bos: "", eos: "" }, "tiny/baichuan");
  assert.equal(render(messages, {}).text, "0<user>1<assistant>2<user>3<assistant>");
});

test("fewer bits make a smaller file, which loads and answers", async (t) => {
  const { snapshot, oracle } = chatModel("Mistral-Instruct-v0.2");
  const sizes: number[] = [];
  for (const quantization of ["native", "BF16", "q8_0", "Q4_0"]) {
    const weights = await convertedFile(snapshot, await options(t, { quantization }), never);
    sizes.push((await stat(weights)).size);
    const chat = await loadChatModel(snapshot, { ...LOAD, weights }, never);
    const answer = await collect(chat.generate(greedy(oracle.chat[0]!.messages, { maxTokens: 4 }), never));
    assert.equal(answer.end.completionTokens, 4);
    await chat.dispose();
  }
  assert.equal(sizes[0], sizes[1]);
  assert.ok(sizes[1]! > sizes[2]! && sizes[2]! > sizes[3]!, sizes.join());
});

test("experts of four bits stay as they are, whatever the others become", async (t) => {
  const llama = await cpu();
  for (const quantization of ["native", "Q4_0", "F16"]) {
    const snapshot = familyModel("gpt-oss-mxfp4", await folder(t));
    const weights = await convertedFile(snapshot, await options(t, { quantization }), never);
    const model = await llama.loadModel({ modelPath: weights });
    const tensors = model.fileInfo.fullTensorInfo ?? [];
    await model.dispose();
    assert.deepEqual(
      [...new Set(tensors.flatMap((tensor) => (/_exps\.weight/.test(tensor.name) ? [tensor.ggmlType] : [])))],
      [39],
    );
  }
});

test("what Intel's matrix unit would compute wrongly is kept in more bits: stacks of matrices, rows of one block", async (t) => {
  const llama = await cpu();
  const snapshot = familyModel("deepseek-v3", await folder(t));
  const weights = await convertedFile(snapshot, await options(t, { quantization: "Q8_0" }), never);
  const model = await llama.loadModel({ modelPath: weights });
  const tensors = model.fileInfo.fullTensorInfo ?? [];
  await model.dispose();
  const named = (name: string): object => tensors.find((tensor) => tensor.name === `blk.0.${name}.weight`) ?? {};
  assert.partialDeepStrictEqual(named("attn_k_b"), { dimensions: [8, 8, 4], ggmlType: 0 });
  assert.partialDeepStrictEqual(named("attn_v_b"), { dimensions: [8, 8, 4], ggmlType: 0 });
  assert.partialDeepStrictEqual(named("attn_output"), { dimensions: [32, 16], ggmlType: 1 });
});

test("several threads make the same file as one", async (t) => {
  const { snapshot } = chatModel("Qwen2-Instruct");
  const one = await convertedFile(snapshot, await options(t, { quantization: "Q8_0" }), never);
  const three = await convertedFile(snapshot, await options(t, { quantization: "Q8_0", threads: 3 }), never);
  assert.deepEqual(await readFile(one), await readFile(three));
});

test("callers at the same time share one conversion, and later ones find its file", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const notices: string[] = [];
  const shared = await options(t, { onNotice: (message) => notices.push(message) });
  const paths = await Promise.all([1, 2, 3].map(() => convertedFile(snapshot, shared, never)));
  const { mtimeMs } = await stat(paths[0]!);
  assert.equal(await convertedFile(snapshot, { ...shared, quantization: "native" }, never), paths[0]);
  assert.equal((await stat(paths[0]!)).mtimeMs, mtimeMs);
  assert.deepEqual(new Set(paths).size, 1);
  assert.deepEqual(notices, [
    "Converting the weights of tiny/Llama-3-Instruct for llama.cpp (native); this is done once.",
  ]);
});

test("another revision has a file of its own", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const shared = await options(t);
  const first = await convertedFile(snapshot, shared, never);
  assert.notEqual(await convertedFile({ ...snapshot, revision: "2" }, shared, never), first);
});

test("two processes at the same time make one whole file", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const shared = await options(t);
  const script = `
    const { convertedFile } = await import(${JSON.stringify(new URL("converted.ts", import.meta.url).href)});
    const options = { ...${JSON.stringify(shared)}, quantization: undefined, onNotice: () => console.log("converting") };
    await convertedFile(${JSON.stringify(snapshot)}, options, new AbortController().signal);`;
  const file = join(await folder(t), "convert.mjs");
  await writeFile(file, script);
  const outputs = await Promise.all([run(file), run(file)]);
  assert.equal(outputs.join("").trim(), "converting");
  const path = await convertedFile(snapshot, shared, never);
  const alone = await convertedFile(snapshot, await options(t), never);
  assert.deepEqual(await readFile(path), await readFile(alone));
  assert.deepEqual(await readdir(dirname(path)), ["native-v2.gguf"]);
});

test("a conversion that is given up ends with the signal's reason and leaves nothing; the next one is whole", async (t) => {
  const { snapshot } = chatModel("Mistral-Instruct-v0.2");
  const gone = new AbortController();
  const cancelled = await options(t, {
    onNotice: () => setImmediate(() => gone.abort(new Error("the client is gone"))),
  });
  await assert.rejects(convertedFile(snapshot, cancelled, gone.signal), /the client is gone/);
  await assert.rejects(convertedFile(snapshot, cancelled, AbortSignal.abort(new Error("gone before"))), /gone before/);
  assert.deepEqual(await readdir(derivedFolder(cancelled.cacheDirectory, snapshot)), []);
  const path = await convertedFile(snapshot, { ...cancelled, onNotice: () => undefined }, never);
  assert.ok((await stat(path)).size > 500_000);
});

test("what a killed process has left is removed", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const shared = await options(t);
  const path = await convertedFile(snapshot, shared, never);
  await rm(path);
  await writeFile(`${path}.incomplete-1`, "half of it");
  await convertedFile(snapshot, shared, never);
  assert.deepEqual(await readdir(dirname(path)), ["native-v2.gguf"]);
});

test("what was made of a commit that no branch names any more is removed when a new one is converted", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const repo = join(await folder(t), "models--tiny--llama");
  const shared = await options(t);
  const at = async (commit: string): Promise<Snapshot> => {
    const directory = join(repo, "snapshots", commit);
    await cp(snapshot.directory, directory, { recursive: true });
    return { ...snapshot, directory, revision: commit };
  };
  const [old, tagged, latest] = ["a", "b", "c"].map((letter) => letter.repeat(40));
  await mkdir(join(repo, "refs", "releases"), { recursive: true });
  await writeFile(join(repo, "refs", "releases", "v1"), tagged!);
  await writeFile(join(repo, "refs", "main"), latest!);

  const paths: string[] = [];
  for (const commit of [old, tagged, latest]) paths.push(await convertedFile(await at(commit!), shared, never));
  assert.deepEqual(
    paths.map((path) => existsSync(path)),
    [false, true, true],
  );
});

test("the event loop goes on while a model is converted", async (t) => {
  const { snapshot } = chatModel("Mistral-Instruct-v0.2");
  let turns = 0;
  const count = setInterval(() => turns++, 1);
  await convertedFile(snapshot, await options(t), never);
  clearInterval(count);
  assert.ok(turns > 5, `${turns} turns`);
});

test("what llama.cpp would not compute as its maker does is refused by its name", async (t) => {
  const TWO_BASES = { full_attention: { rope_theta: 10_000 }, sliding_attention: { rope_theta: 500_000 } };
  const refused: readonly [family: string, change: object, code: EngineError["code"], message: RegExp][] = [
    ["qwen2", { architectures: ["OPTForCausalLM"] }, "unsupported", /architecture OPTForCausalLM.*supported: Llama/],
    ["qwen2", { architectures: null }, "unsupported", /no config\.json that names its architecture/],
    ["qwen2", { quantization_config: { quant_method: "gptq" } }, "unsupported", /quantised by gptq/],
    ["qwen2", { hidden_act: "relu" }, "unsupported", /hidden_act "relu".*supported: silu/],
    ["qwen2", { rope_parameters: { rope_type: "proportional" } }, "unsupported", /rope_type "proportional"/],
    ["qwen2", { hidden_size: undefined }, "corrupt", /hidden_size/],
    ["qwen2", { rope_parameters: { rope_type: "llama3", factor: 8 } }, "unsupported", /rope_type "llama3"/],
    ["qwen3-moe", { norm_topk_prob: false }, "unsupported", /norm_topk_prob false/],
    ["gemma2", { tie_word_embeddings: false }, "unsupported", /tie_word_embeddings false/],
    ["gemma2", { query_pre_attn_scalar: 144 }, "unsupported", /query_pre_attn_scalar 144/],
    ["qwen3", { architectures: ["StableLmForCausalLM"] }, "unsupported", /head_dim \d+/],
    ["qwen3", { architectures: ["LlamaForCausalLM"] }, "unsupported", /tensor model\.layers\.0\.self_attn\.[kq]_norm/],
    ["qwen3", { attention_bias: true }, "unsupported", /attention_bias true/],
    ["cohere", { use_qk_norm: true }, "unsupported", /use_qk_norm true/],
    ["olmo3", { rope_parameters: TWO_BASES }, "unsupported", /sliding rope_theta 500000.*supported: 10000/],
    ["glm", { head_dim: 64 }, "unsupported", /head_dim 64/],
    ["exaone4", { sliding_window: 8 }, "unsupported", /sliding_window 8/],
    ["granite-hybrid", { position_embedding_type: "nope" }, "unsupported", /position_embedding_type "nope"/],
    ["granite-hybrid-mamba", { time_step_limit: [0, 0.5] }, "unsupported", /time_step_limit \[0,0\.5\]/],
    ["falcon-h1", { mamba_norm_before_gate: true }, "unsupported", /mamba_norm_before_gate true/],
    ["mamba2", { expand: 3 }, "unsupported", /expand 3/],
    ["nemotron-h", { layers_block_type: ["mlp", "moe"] }, "unsupported", /layer_types \["mlp","moe"\]/],
    ["lfm2", { conv_bias: true }, "unsupported", /conv_bias true/],
    ["lfm2-moe", { norm_topk_prob: false }, "unsupported", /norm_topk_prob false/],
    ["qwen35", { linear_value_head_dim: 16 }, "unsupported", /linear_value_head_dim 16/],
    ["deepseek-v3", { rope_interleave: false }, "unsupported", /rope_interleave false/],
    ["deepseek-v3", { q_lora_rank: null }, "unsupported", /q_lora_rank null/],
    ["deepseek-v2-lite", { n_group: 2, topk_method: "group_limited_greedy" }, "unsupported", /n_group 2/],
    ["llama4", { attention_chunk_size: 4096 }, "unsupported", /attention_chunk_size 4096/],
    ["gemma4", { num_kv_shared_layers: 1 }, "unsupported", /num_kv_shared_layers 1/],
    ["gemma4", { architectures: ["Gemma3nForCausalLM"] }, "unsupported", /hidden_size_per_layer_input 8/],
    ["llama-rope-yarn", { rope_parameters: { rope_type: "yarn", truncate: false } }, "unsupported", /truncate false/],
    ["gpt-oss", { layer_types: ["full_attention", "sliding_attention"] }, "unsupported", /layer_types \[/],
    ["gpt-oss", { swiglu_limit: 5 }, "unsupported", /swiglu_limit 5/],
    ["gpt-oss", { attention_bias: false }, "unsupported", /attention_bias false/],
    ["gpt2", { scale_attn_by_inverse_layer_idx: true }, "unsupported", /scale_attn_by_inverse_layer_idx true/],
    ["gpt2", { activation_function: "relu" }, "unsupported", /hidden_act "relu".*supported: gelu/],
    ["gpt-neox", { rotary_pct: 0.1 }, "unsupported", /partial_rotary_factor 0\.1.*an even part of 8 dimensions/],
    ["gpt-neox", { attention_bias: false }, "unsupported", /attention_bias false/],
    ["falcon", { alibi: true }, "unsupported", /alibi true/],
    ["falcon", { bias: true }, "unsupported", /bias true/],
    ["falcon", { parallel_attn: false }, "unsupported", /parallel_attn false/],
    ["bloom", { apply_residual_connection_post_layernorm: true }, "unsupported", /post_layernorm true/],
    ["mpt", { attn_config: { alibi: false } }, "unsupported", /attn_config\.alibi false/],
    ["mpt", { attn_config: { qk_ln: true } }, "unsupported", /attn_config\.qk_ln true/],
    ["mpt", { logit_scale: 0.5 }, "unsupported", /logit_scale 0\.5/],
    ["baichuan", { hidden_size: 64 }, "corrupt", /attn_[qkv]/],
    ["baichuan2", { num_hidden_layers: 40 }, "unsupported", /num_hidden_layers 40/],
    ["codeshell", { position_embedding_type: "absolute" }, "unsupported", /position_embedding_type "absolute"/],
    ["gptj", { rotary_dim: null }, "unsupported", /rotary_dim null.*an even number from 2 to 8/],
    ["codegen", { n_head: 2 }, "unsupported", /num_attention_heads 2.*a multiple of 4/],
  ];
  for (const [family, change, code, message] of refused) {
    const snapshot = familyModel(family, await folder(t), change);
    await assert.rejects(convertedFile(snapshot, await options(t), never), fails(code, message));
  }
  const { snapshot } = chatModel("Llama-3-Instruct");
  const asked = await options(t, { quantization: "Q5_K_M" });
  await assert.rejects(convertedFile(snapshot, asked, never), fails("bad_request", /'Q5_K_M'.*Q8_0, Q4_0/));
});

test("a model that is larger than what there is for models is refused before it is converted", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const small = await options(t, { memory: { bytes: 100_000, setting: "OMNIPORT_MEMORY" } });
  await assert.rejects(convertedFile(snapshot, small, never), fails("out_of_memory", /100000 bytes.*OMNIPORT_MEMORY/));
  assert.deepEqual(await readdir(derivedFolder(small.cacheDirectory, snapshot)), []);
});

test("a repository without a tokenizer that can be read is refused", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const files = snapshot.files.filter((file) => file !== "tokenizer.json");
  await assert.rejects(
    convertedFile({ ...snapshot, files }, await options(t), never),
    fails("unsupported", /tokenizer/),
  );
});

test("weights that are cut are told to be corrupt", async (t) => {
  const { snapshot } = chatModel("Llama-3-Instruct");
  const cut = await copyOf(t, snapshot);
  const bytes = await readFile(join(snapshot.directory, "model.safetensors"));
  await writeFile(join(cut.directory, "model.safetensors"), bytes.subarray(0, -100));
  await assert.rejects(convertedFile(cut, await options(t), never), fails("corrupt", /model\.safetensors/));
});

async function copyOf(t: TestContext, { directory, files, id }: Snapshot): Promise<Snapshot> {
  const target = await folder(t);
  for (const file of files) await writeFile(join(target, file), await readFile(join(directory, file)));
  return folderSnapshot(target, id);
}

async function run(file: string): Promise<string> {
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const output = Array.fromAsync(child.stdout.setEncoding("utf8"));
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 0);
  return (await output).join("");
}
