import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

/** What `generation_config.json` of Baichuan 2 says of the tokens that stand before what each side says. */
interface Sides {
  readonly user_token_id?: number;
  readonly assistant_token_id?: number;
}

/**
 * How Baichuan 2 is asked: its repository has no chat template, as the prompts are made by code that it brings. Undefined
 * for other models, and where these tokens are not told apart from a text.
 * Source: https://huggingface.co/baichuan-inc/Baichuan2-7B-Chat/blob/main/generation_utils.py
 */
export async function baichuanTemplate(
  snapshot: Snapshot,
  { added_tokens: added = [] }: TokenizerJson,
): Promise<string | undefined> {
  const sides = (await readJson<Sides>(snapshot, "generation_config.json")) ?? {};
  const text = (id: number | undefined): string | undefined => added.find((token) => token.id === id)?.content;
  const [user, assistant] = [text(sides.user_token_id), text(sides.assistant_token_id)];
  if (user === undefined || assistant === undefined) return undefined;
  return `{%- for message in messages -%}
{%- if message.role == "user" -%}${user}{%- elif message.role == "assistant" -%}${assistant}{%- endif -%}
{{- message.content -}}
{%- endfor -%}
{%- if add_generation_prompt -%}${assistant}{%- endif -%}`;
}
