import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot, TemplateMessage } from "../model.ts";

/** A model's chat template: messages to the text that the model was trained to go on from. */
export interface ChatTemplate {
  /** The template itself. */
  readonly source: string;
  /**
   * @param variables what the template may read besides the messages, such as `enable_thinking`.
   * @throws EngineError `bad_request` with the template's own words when it refuses the messages.
   */
  render(messages: readonly TemplateMessage[], variables: Readonly<Record<string, unknown>>): Prompt;
}

export interface Prompt {
  readonly text: string;
  /** The last message is the assistant's own: the answer goes on inside it. */
  readonly continues: boolean;
}

export interface TemplateSource {
  readonly template: string | undefined;
  /** The texts of the tokens that open and close a whole text; empty where the model has none. */
  readonly bos: string;
  readonly eos: string;
}

/**
 * Stands where an unfinished message goes on; a private-use character on both sides keeps texts from holding it by
 * chance.
 */
const CONTINUATION = "\u{F8FF}continues here\u{F8FF}";

/** @throws EngineError `unsupported` when there is no template, or none that can be read. */
export function createChatTemplate({ template, bos, eos }: TemplateSource, model: string): ChatTemplate {
  const parsed = parse(template, model);

  function renderAll(messages: readonly TemplateMessage[], variables: Readonly<Record<string, unknown>>): string {
    try {
      return parsed.render({ bos_token: bos, eos_token: eos, ...variables, messages });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EngineError("bad_request", say.templateRefused(model, reason), { cause });
    }
  }

  return {
    source: template ?? "",
    render(messages, variables) {
      const last = messages.at(-1);
      if (last?.role !== "assistant") {
        return { text: renderAll(messages, { ...variables, add_generation_prompt: true }), continues: false };
      }
      const marked = [...messages.slice(0, -1), { ...last, content: last.content + CONTINUATION }];
      const text = renderAll(marked, { ...variables, add_generation_prompt: false });
      return { text: cutAtContinuation(text, model), continues: true };
    },
  };
}

function parse(template: string | undefined, model: string): Template {
  if (template === undefined) {
    throw new EngineError("unsupported", say.noTemplate(model));
  }
  try {
    return new Template(template);
  } catch (cause) {
    throw new EngineError("unsupported", say.templateUnreadable(model, String(cause)), { cause });
  }
}

/** Leaves out what the template puts after the last message, such as the end-of-turn token. */
function cutAtContinuation(text: string, model: string): string {
  const [before, ...after] = text.split(CONTINUATION);
  if (before !== undefined && after.length === 1) return before;
  throw new EngineError("bad_request", say.templateEnds(model));
}

/** The template and its tokens from the files of the repository, where it has them; else from inside the GGUF file. */
export async function findTemplate(snapshot: Snapshot, inGguf: TemplateSource): Promise<TemplateSource> {
  const config = await readJson<TokenizerConfig>(snapshot, "tokenizer_config.json");
  const template = (await readJinja(snapshot)) ?? defaultTemplate(config?.chat_template) ?? inGguf.template;
  return {
    template,
    bos: tokenText(config?.bos_token) ?? inGguf.bos,
    eos: tokenText(config?.eos_token) ?? inGguf.eos,
  };
}

async function readJinja(snapshot: Snapshot): Promise<string | undefined> {
  const file = "chat_template.jinja";
  return snapshot.files.includes(file) ? readFile(join(snapshot.directory, file), "utf8") : undefined;
}

interface TokenizerConfig {
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[];
  readonly bos_token?: SpecialToken;
  readonly eos_token?: SpecialToken;
}

type SpecialToken = string | { readonly content: string } | null;

/** Of several templates by name, transformers takes the one called `default`. */
function defaultTemplate(templates: TokenizerConfig["chat_template"]): string | undefined {
  if (templates === undefined || typeof templates === "string") return templates;
  return templates.find(({ name }) => name === "default")?.template;
}

function tokenText(token: SpecialToken | undefined): string | undefined {
  return typeof token === "string" ? token : token?.content;
}
