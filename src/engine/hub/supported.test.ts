import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../errors.ts";
import { parseConfig, requireSupported, requireTemplate } from "./supported.ts";

const SIZES = { hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 128 };

function refuses(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof EngineError && error.code === "unsupported" && message.test(error.message);
}

test("a chat model is refused by its configuration alone, for its architecture or a setting", async () => {
  const refused: readonly [object, RegExp][] = [
    [{ ...SIZES, architectures: ["NoSuchForCausalLM"] }, /NoSuchForCausalLM/],
    [{ ...SIZES, architectures: ["LlamaForCausalLM"], hidden_act: "relu" }, /hidden_act "relu"/],
    [{ ...SIZES, architectures: ["LlamaForCausalLM"], rope_scaling: { type: "other" } }, /rope_type "other"/],
    [{ ...SIZES, architectures: ["LlamaForCausalLM"], quantization_config: { quant_method: "awq" } }, /awq/],
    [{ ...SIZES, architectures: ["Lfm2ForCausalLM"], conv_bias: true }, /conv_bias true/],
  ];
  for (const [config, message] of refused) {
    await assert.rejects(requireSupported(config, "chat", "tiny/model"), refuses(message));
  }
});

test("what is right, or leaves something open, is let through", async () => {
  for (const config of [
    { ...SIZES, architectures: ["LlamaForCausalLM"] },
    { architectures: ["LlamaForCausalLM"] },
    {},
  ]) {
    await requireSupported(config, "chat", "tiny/model");
  }
});

test("a model that was not trained to chat is refused before its weights come, one whose code may have a template is not", () => {
  const files = (...paths: readonly string[]) =>
    ["config.json", "model.safetensors", ...paths].map((path) => ({ path, size: 1 }));
  const noTemplate = refuses(/base\/model has no chat template/);
  assert.throws(() => requireTemplate(files(), undefined, "base/model"), noTemplate);
  assert.throws(
    () => requireTemplate(files("tokenizer_config.json"), '{"bos_token": "<s>"}', "base/model"),
    noTemplate,
  );
  requireTemplate(files("tokenizer_config.json"), '{"chat_template": "{{ messages }}"}', "tuned/model");
  for (const file of ["chat_template.jinja", "chat_template.json", "tekken.json", "tokenization_qwen.py"]) {
    requireTemplate(files(file), undefined, "tuned/model");
  }
});

test("a configuration with Python's infinity is read, and one that is no JSON is for the loader to complain of", () => {
  const config = parseConfig(
    '{"architectures": ["MambaForCausalLM"], "time_step_limit": [0.0, Infinity], "note": "NaN \\" Infinity"}',
  );
  assert.deepEqual(config, {
    architectures: ["MambaForCausalLM"],
    time_step_limit: [0, null],
    note: 'NaN " Infinity',
  });
  assert.deepEqual(parseConfig("{"), {});
});
