import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { convertedFile } from "../convert/converted.ts";
import { familyModel, folderSnapshot } from "../convert/fixtures/models.ts";
import type { ChatModel, GenerateEvent, GenerateRequest, Snapshot } from "../model.ts";
import { loadChatModel } from "./chat-model.ts";
import { cpu, greedy, never } from "./fixtures/tiny.ts";
import { HARMONY, HARMONY_ENDS, messageOf, speaksHarmony } from "./harmony.ts";

const SPECIAL = ["<|startoftext|>", "<|endoftext|>", ...Object.values(HARMONY), ...HARMONY_ENDS];
const hello = [{ role: "user", content: "Hi" }];
const parameters = { type: "object", properties: { n: { type: "integer", maximum: 99, minimum: 0 } }, required: ["n"] };
const functions = [{ name: "count", parameters }];
/** Neither an `analysis` nor spaces, as far as the grammar leaves a choice. */
const atOnce = new Map([
  [idOf("a"), -100],
  [idOf(" "), -100],
]);

const directory = await mkdtemp(join(tmpdir(), "harmony-"));
after(() => rm(directory, { recursive: true }));
const snapshot = await gptOss();
const model = await load();
after(() => model.dispose());

function idOf(character: string): number {
  return character === " " ? 0 : character.charCodeAt(0) - 0x21 + 2;
}

/** The tiny gpt-oss with a token for each character of ASCII and Harmony's own. */
async function gptOss(): Promise<Snapshot> {
  const { id } = familyModel("gpt-oss-mxfp4", directory, { eos_token_id: 2 });
  const characters = ["Ġ", "Ċ", ...Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index))];
  const vocab = Object.fromEntries(characters.map((character, index) => [character, index]));
  const added = SPECIAL.map((content, index) => ({ id: characters.length + index, content, special: true }));
  const steps = { normalizer: null, post_processor: null, decoder: { type: "ByteLevel" } };
  const splits = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
  const tokenizer = { model: { type: "BPE", vocab, merges: [] }, pre_tokenizer: splits, ...steps, added_tokens: added };
  const ends = [...HARMONY_ENDS, "<|endoftext|>"].map((text) => characters.length + SPECIAL.indexOf(text));
  await writeFile(join(directory, "tokenizer.json"), JSON.stringify(tokenizer));
  await writeFile(join(directory, "tokenizer_config.json"), '{"eos_token": "<|return|>"}');
  await writeFile(join(directory, "generation_config.json"), JSON.stringify({ eos_token_id: ends }));
  await copyFile(new URL("fixtures/harmony.jinja", import.meta.url), join(directory, "chat_template.jinja"));
  return folderSnapshot(directory, id);
}

async function load(): Promise<ChatModel> {
  const memory = { bytes: 1e9, setting: "" };
  const conversion = { cacheDirectory: join(directory, "cache"), quantization: "native", threads: 1, memory };
  const weights = await convertedFile(snapshot, { ...conversion, onNotice: () => undefined }, never);
  return loadChatModel(snapshot, { threads: 1, contextTokens: 2048, gpu: "off", runtime: cpu, weights }, never);
}

async function answer(change: Partial<GenerateRequest>): Promise<readonly GenerateEvent[]> {
  return Array.fromAsync(model.generate(greedy(hello, { maxTokens: 500, ...change }), never));
}

function textOf(events: readonly GenerateEvent[], type: "text" | "reasoning" | "arguments"): string {
  return events.map((event) => (event.type === type ? event.text : "")).join("");
}

test("an answer that is bound to JSON has it in its text, without the marks of its channel", async () => {
  for (const seed of [1, 2, 3]) {
    const events = await answer({ json: parameters, temperature: 1, seed, logitBias: atOnce });
    const { n }: { n?: unknown } = JSON.parse(textOf(events, "text")) as object;
    assert.ok(typeof n === "number", textOf(events, "text"));
    assert.equal(textOf(events, "reasoning"), "");
  }
});

test("a forced call is one, of the function that is asked for", async () => {
  const events = await answer({ tools: { functions, choice: "required", parallel: false }, logitBias: atOnce });
  assert.deepEqual(events[1], { type: "toolCall", name: "count" });
  assert.match(textOf(events, "arguments"), /^\{\s*"n"\s*:\s*\d\d?\s*\}$/);
  const end = events.at(-1);
  assert.deepEqual([end?.type, end?.type === "end" && end.reason], ["end", "toolCalls"]);
});

test("a header tells whom a message is for", () => {
  assert.deepEqual(messageOf("<|channel|>analysis"), { kind: "thought" });
  assert.deepEqual(messageOf("<|channel|>commentary"), { kind: "text" });
  assert.deepEqual(messageOf("assistant<|channel|>final"), { kind: "text" });
  assert.deepEqual(messageOf(" to=functions.a.b<|channel|>commentary json"), { kind: "call", name: "a.b" });
  assert.ok(!speaksHarmony("<|start|>{{ role }}<|end|>"));
});
