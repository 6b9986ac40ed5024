/*
 * How large a context a prompt needs. Ollama runs a model with the context that it is told, by default a small one, and
 * cuts the beginning off a prompt that is longer without a word. How many tokens a text has only the model's own
 * tokenizer knows, and that is out of reach here: so we estimate, and on the high side.
 */

/** Contexts grow in powers of two from here: with each other size the server loads the model anew. */
const SMALLEST = 4096;
/** Room for an answer of unknown length. */
const USUAL_ANSWER = 4096;
/** The same for models that think first. */
const THINKING_ANSWER = 8192;
/** Clients like to allow for far longer answers than they get; memory is taken for all of the context. */
const LONGEST_ANSWER = 16_384;

/** How many tokens a character of each kind is worth, at most and about: measured with a small vocabulary, 49,152 entries. */
const PER_SPACE = 0.2;
const PER_SMALL_LETTER = 0.35;
const PER_CAPITAL = 0.8;
const PER_OTHER_ASCII = 1;
const PER_ACCENTED = 1.1;
const PER_IDEOGRAPH = 1.8;

/** About how many tokens a text has, and rarely more. */
export function likelyTokens(text: string): number {
  let tokens = 0;
  for (let i = 0; i < text.length; i++) tokens += worth(text.charCodeAt(i));
  return Math.ceil(tokens);
}

/** @param code a UTF-16 unit. */
function worth(code: number): number {
  if (code === 32) return PER_SPACE;
  if (code >= 97 && code <= 122) return PER_SMALL_LETTER;
  if (code >= 65 && code <= 90) return PER_CAPITAL;
  if (code < 0x80) return PER_OTHER_ASCII;
  return code < 0x800 ? PER_ACCENTED : PER_IDEOGRAPH;
}

/** No vocabulary that is in use has a text in fewer tokens: runs of one character count as one. */
export function fewestTokens(text: string): number {
  return Math.floor(text.replaceAll(/(.)\1{2,}|\s+/gs, " ").length / 10);
}

export interface Need {
  readonly promptTokens: number;
  /** What the client allows the answer; undefined where it does not say. */
  readonly answerTokens: number | undefined;
  readonly thinks: boolean;
}

/**
 * The context to ask for, in tokens.
 * @param least so much in any case.
 * @param most what the model was trained for; undefined where that is not known.
 */
export function contextSize(need: Need, least: number, most: number | undefined): number {
  const answer = Math.min(need.answerTokens ?? (need.thinks ? THINKING_ANSWER : USUAL_ANSWER), LONGEST_ANSWER);
  const wanted = Math.max(SMALLEST, need.promptTokens + answer);
  const size = Math.max(least, 2 ** Math.ceil(Math.log2(wanted)));
  return Math.min(size, most ?? size);
}
