import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { EngineError } from "../errors.ts";
import type { TemplateMessage } from "../model.ts";
import { createChatTemplate, findTemplate, type ChatTemplate } from "./template.ts";

const CHATML =
  "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}" +
  "{% if add_generation_prompt %}<|im_start|>assistant\n{% if think is false %}<think></think>{% endif %}{% endif %}";
const user: TemplateMessage = { role: "user", content: "Hi" };

function template(source: string | undefined = CHATML): ChatTemplate {
  return createChatTemplate({ template: source, bos: "<s>", eos: "</s>" }, "owner/model");
}

test("the messages, the tokens' texts and the request's own variables reach the template", () => {
  assert.deepEqual(template().render([user], { think: false }), {
    text: "<s><|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think></think>",
    continues: false,
  });
});

test("an assistant message at the end is left open, so that the answer goes on inside it", () => {
  assert.deepEqual(template().render([user, { role: "assistant", content: "The capital is " }], {}), {
    text: "<s><|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nThe capital is ",
    continues: true,
  });
});

test("a template that cannot leave a message open is a bad request", () => {
  const twice = template("{% for m in messages %}{{ m.content }}{{ m.content }}{% endfor %}");
  assert.throws(
    () => twice.render([{ role: "assistant", content: "a" }], {}),
    (error) =>
      error instanceof EngineError && error.code === "bad_request" && /end with a user message/.test(error.message),
  );
});

test("what the template raises is a bad request with its own words", () => {
  const strict = template("{{ raise_exception('roles must alternate') }}");
  assert.throws(
    () => strict.render([user], {}),
    (error) =>
      error instanceof EngineError &&
      error.code === "bad_request" &&
      error.message === "The chat template of owner/model refused the messages: roles must alternate",
  );
});

test("a model without a template, or with one that cannot be read, is not supported", () => {
  for (const source of [undefined, "{% for %}"]) {
    assert.throws(
      () => createChatTemplate({ template: source, bos: "", eos: "" }, "owner/model"),
      (error) => error instanceof EngineError && error.code === "unsupported",
    );
  }
});

test("the repository's template wins over the one in the GGUF file, and a file of its own over the configuration", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "template-"));
  t.after(() => rm(directory, { recursive: true }));
  const inGguf = { template: "gguf", bos: "<b>", eos: "<e>" };
  const find = (files: readonly string[]): Promise<unknown> =>
    findTemplate({ id: "owner/model", directory, files, revision: "1" }, inGguf);
  const configure = (config: object): Promise<void> =>
    writeFile(join(directory, "tokenizer_config.json"), JSON.stringify(config));

  assert.deepEqual(await find([]), inGguf);
  await configure({ bos_token: { content: "<s>" }, eos_token: null });
  assert.deepEqual(await find(["tokenizer_config.json"]), { template: "gguf", bos: "<s>", eos: "<e>" });
  await configure({
    chat_template: [
      { name: "tool_use", template: "tools" },
      { name: "default", template: "named" },
    ],
  });
  assert.deepEqual(await find(["tokenizer_config.json"]), { ...inGguf, template: "named" });
  await writeFile(join(directory, "chat_template.jinja"), "file");
  assert.deepEqual(await find(["tokenizer_config.json", "chat_template.jinja"]), { ...inGguf, template: "file" });
});
