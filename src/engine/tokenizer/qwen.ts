import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { addedToken } from "./added-tokens.ts";
import type { AddedToken } from "./tokenizer-json.ts";

/** The table of the first Qwen, and of some later ones. */
const TABLE = "qwen.tiktoken";
const EXTRA_TOKENS = 205;

/** How the first Qwen is asked; later ones have this template in their repositories. */
const CHAT_TEMPLATE = `
{%- if messages[0].role != "system" -%}
{{- "<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n" -}}
{%- endif -%}
{%- for message in messages -%}
{{- "<|im_start|>" + message.role + "\\n" + message.content + "<|im_end|>\\n" -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- "<|im_start|>assistant\\n" -}}
{%- endif -%}`;

/**
 * The special tokens that the first Qwen's own code puts behind those of its table: the repository does not name them.
 * @param firstId behind the table's last.
 * Source: https://github.com/QwenLM/Qwen/blob/main/tokenization_note.md
 */
export function qwenTokens(file: string, firstId: number): readonly AddedToken[] {
  if (file !== TABLE) return [];
  const extra = Array.from({ length: EXTRA_TOKENS }, (_, index) => `<|extra_${index}|>`);
  return ["<|endoftext|>", "<|im_start|>", "<|im_end|>", ...extra].map((text, index) =>
    addedToken(firstId + index, text),
  );
}

/** Undefined for a repository of another family, and for a model that was not trained to chat. */
export async function qwenTemplate(snapshot: Snapshot): Promise<string | undefined> {
  if (!snapshot.files.includes(TABLE)) return undefined;
  const generation = await readJson<{ readonly chat_format?: string }>(snapshot, "generation_config.json");
  return generation?.chat_format === "chatml" ? CHAT_TEMPLATE : undefined;
}
