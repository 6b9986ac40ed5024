import { Tokenizer } from "@huggingface/tokenizers";
import { visibleBytes } from "./byte-alphabet.ts";
import { split, type SplitBehavior } from "./split.ts";

/** What splits a text into words, as `tokenizer.json` has it. */
export interface PreTokenizerConfig {
  readonly type?: string;
  readonly pretokenizers?: readonly PreTokenizerConfig[];
  readonly pattern?: { readonly Regex?: string; readonly String?: string };
  readonly behavior?: SplitBehavior;
  readonly invert?: boolean;
  readonly delimiter?: string;
  readonly length?: number;
  readonly individual_digits?: boolean;
  readonly add_prefix_space?: boolean;
  readonly use_regex?: boolean;
  readonly replacement?: string;
  /** `always`, `first` or `never`. */
  readonly prepend_scheme?: string;
  /** Of Metaspace. */
  readonly split?: boolean;
}

/** @param isFirst whether the text is the beginning of all that is encoded. */
export type PreTokenize = (text: string, isFirst: boolean) => readonly string[];

/** The word characters and the spaces of Rust's `regex`, which are more and others than those of JavaScript. */
const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
const SPACE = "\\p{White_Space}";
/** All that is no letter or digit in ASCII counts as well. */
const PUNCTUATION = "\\p{P}\\u0021-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007e";

const WORDS = new RegExp(`[${WORD}]+|[^${WORD}${SPACE}]+`, "gu");
const SPACES = new RegExp(`${SPACE}+`, "gu");
const PUNCTUATION_MARK = new RegExp(`[${PUNCTUATION}]`, "gu");
/** Source: https://github.com/openai/gpt-2/blob/master/src/encoder.py */
const GPT2_WORDS = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|${SPACE}+(?!\\P{White_Space})|${SPACE}+`,
  "gu",
);

/**
 * Of `@huggingface/tokenizers`, these find words in ASCII alone (`Whitespace`, `Digits`), know of two behaviours out of
 * five (`Split`, `Punctuation`), or do not part words (`Metaspace`).
 *
 * Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/pre_tokenizers
 */
const PRE_TOKENIZERS: Readonly<Record<string, (config: PreTokenizerConfig) => PreTokenize>> = {
  Sequence: sequence,
  Whitespace: () => (text) => split(text, WORDS, "Removed", true),
  WhitespaceSplit: () => (text) => split(text, SPACES, "Removed"),
  BertPreTokenizer: () => (text) =>
    split(text, SPACES, "Removed").flatMap((word) => split(word, PUNCTUATION_MARK, "Isolated")),
  Punctuation:
    ({ behavior = "Isolated" }) =>
    (text) =>
      split(text, PUNCTUATION_MARK, behavior),
  Digits:
    ({ individual_digits: isEach = false }) =>
    (text) =>
      split(text, /\p{N}/gu, isEach ? "Isolated" : "Contiguous"),
  CharDelimiterSplit: ({ delimiter = "" }) => {
    const pattern = new RegExp(RegExp.escape(delimiter), "gu");
    return (text) => split(text, pattern, "Removed");
  },
  FixedLength: ({ length = 5 }) => {
    const pattern = new RegExp(`[^]{1,${length}}`, "gu");
    return (text) => split(text, pattern, "Isolated");
  },
  Split: ({ pattern = {}, behavior = "Isolated", invert = false }) => {
    const compiled = javaScriptPattern(pattern);
    return (text) => split(text, compiled, behavior, invert);
  },
  ByteLevel: byteLevel,
  Metaspace: metaspace,
};

/** @throws Error for one that is not known. */
export function preTokenizer(config: PreTokenizerConfig): PreTokenize {
  const { type = "" } = config;
  const create = Object.hasOwn(PRE_TOKENIZERS, type) ? PRE_TOKENIZERS[type] : undefined;
  if (create === undefined) throw new Error(`Unknown PreTokenizer type: ${type}`);
  return create(config);
}

function sequence({ pretokenizers = [] }: PreTokenizerConfig): PreTokenize {
  const steps = pretokenizers.map(preTokenizer);
  return (text, isFirst) =>
    steps.reduce<readonly string[]>(
      (words, step) => words.flatMap((word, index) => step(word, isFirst && index === 0)),
      [text],
    );
}

/** `@huggingface/tokenizers` writes Oniguruma's patterns as JavaScript's, but only as a part of a tokenizer. */
function javaScriptPattern({ Regex, String: text = "" }: NonNullable<PreTokenizerConfig["pattern"]>): RegExp {
  if (Regex === undefined) return new RegExp(RegExp.escape(text), "gu");
  const { pre_tokenizer: built }: { readonly pre_tokenizer: { readonly pattern: RegExp } } = new Tokenizer(
    { ...EMPTY, pre_tokenizer: { type: "Split", pattern: { Regex }, behavior: "Isolated" } },
    {},
  );
  return built.pattern;
}

const EMPTY = {
  model: { type: "WordPiece", vocab: {} },
  added_tokens: [],
  normalizer: null,
  post_processor: null,
  decoder: null,
};

function byteLevel({ add_prefix_space: addsSpace = false, use_regex: parts = true }: PreTokenizerConfig): PreTokenize {
  return (text) => {
    const whole = addsSpace && !text.startsWith(" ") ? ` ${text}` : text;
    return (parts ? split(whole, GPT2_WORDS, "Isolated") : [whole]).map((word) => visibleBytes(Buffer.from(word)));
  };
}

function metaspace({
  replacement = "▁",
  prepend_scheme: scheme = "always",
  split: parts = true,
}: PreTokenizerConfig): PreTokenize {
  const pattern = new RegExp(RegExp.escape(replacement), "gu");
  return (text, isFirst) => {
    const marked = text.replaceAll(" ", replacement);
    const isPrepended = scheme === "always" || (scheme === "first" && isFirst);
    const whole = isPrepended && !marked.startsWith(replacement) ? replacement + marked : marked;
    return parts ? split(whole, pattern, "MergedWithNext") : [whole];
  };
}
