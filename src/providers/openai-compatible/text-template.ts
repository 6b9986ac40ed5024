import type { ChatCompletionChunk } from "../../api/chat.ts";
import { TextChunk } from "../../api/text-chunk.ts";

/**
 * The chunks of one stream differ in hardly anything but their text. When one of them has been read and found to be in
 * order, those that are written alike need not be parsed: two comparisons with what stands around the text are enough,
 * at a tenth of the cost.
 */
export interface TextTemplate {
  /** Takes a chunk that goes on as it came, but for a `usage` that is null, as the pattern of those that follow. */
  learn(data: string, chunk: ChatCompletionChunk): void;
  /** @returns undefined for a chunk that is written otherwise. */
  match(data: string): TextChunk | undefined;
}

/** What stands around the text in one service's chunks. */
interface Pattern {
  readonly before: string;
  /** Up to the value of `obfuscation`, where there is one: OpenAI fills the chunks up with it, to hide their lengths. */
  readonly after: string;
  /** `after` as the client gets it. */
  readonly passedAfter: string;
  readonly isObfuscated: boolean;
}

/** A service whose chunks are never alike is not looked at for ever. */
const MAX_LESSONS = 4;

const NULL_USAGE = ',"usage":null';
const OBFUSCATION = ',"obfuscation":"';

/** @param withUsage whether the client asked for the usage, and so sees the `null` that stands for it. */
export function createTextTemplate(withUsage: boolean): TextTemplate {
  let pattern: Pattern | undefined;
  let lessons = 0;

  return {
    learn(data, chunk) {
      if (lessons >= MAX_LESSONS || !saysTextAlone(chunk)) return;
      lessons++;
      pattern = patternOf(data, chunk.choices[0]?.delta.content ?? "", withUsage);
    },

    match(data) {
      // Slices are compared in one go; `startsWith` compares letter by letter, and takes twice as long.
      if (pattern === undefined || data.slice(0, pattern.before.length) !== pattern.before) return undefined;
      const { before, after, passedAfter, isObfuscated } = pattern;
      const textEnd = closingQuote(data, before.length);
      const rest = isObfuscated ? textEnd + after.length : data.length;
      if (data.slice(textEnd, rest) !== after) return undefined;
      if (isObfuscated && !/^[\w-]*"\}$/.test(data.slice(rest))) return undefined;
      const escaped = data.slice(before.length, textEnd);
      if (CONTROL.test(escaped)) return undefined;
      const text = after === passedAfter ? data : before + escaped + passedAfter + data.slice(rest);
      return new TextChunk(text, escaped);
    },
  };
}

/** What JSON has no place for in a string: what comes before the space, but not the control characters behind it. */
const CONTROL = /[^ -\u{10FFFF}]/u;

function saysTextAlone({ choices, usage }: ChatCompletionChunk): boolean {
  const [choice] = choices;
  if (!choice || choices.length > 1 || usage != null) return false;
  const { index, delta, finish_reason, logprobs } = choice;
  if (index !== 0 || finish_reason !== null || logprobs != null) return false;
  return Object.keys(delta).length === 1 && typeof delta.content === "string";
}

function patternOf(data: string, content: string, withUsage: boolean): Pattern | undefined {
  const before = /^.*?"delta": ?\{ ?"content": ?"/s.exec(data)?.[0];
  if (before === undefined) return undefined;
  const textEnd = closingQuote(data, before.length);
  if (!isText(data.slice(before.length, textEnd), content)) return undefined;

  const all = data.slice(textEnd);
  const filled = all.indexOf(OBFUSCATION);
  const isObfuscated = filled >= 0;
  const after = isObfuscated ? all.slice(0, filled + OBFUSCATION.length) : all;
  const passedAfter = withUsage ? after : after.replace(NULL_USAGE, "");
  const isNullLeft = !withUsage && /"usage"\s*:/.test(before + passedAfter);
  return isNullLeft ? undefined : { before, after, passedAfter, isObfuscated };
}

function isText(escaped: string, content: string): boolean {
  try {
    return JSON.parse(`"${escaped}"`) === content;
  } catch {
    return false;
  }
}

/** The index of the quote that ends the string whose text begins at `from`; the text's length where there is none. */
function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let first = quote;
    while (first > from && text[first - 1] === "\\") first--;
    if ((quote - first) % 2 === 0) return quote;
  }
  return text.length;
}
