import type { Token, TokenizerAndRendererExtension, Tokens } from "marked";

/*
 * Formulas as models write them, in LaTeX: `$$…$$` and `\[…\]` apart, `$…$` and `\(…\)` in a line. They are shown as they
 * are written, as code: Markdown would take their signs for its own.
 */

const APART = /^(?:\$\$(.{1,4000}?)\$\$|\\\[(.{1,4000}?)\\\])[ \t]*(?:\n|$)/s;
/** No space within the dollars and no digit behind them, so that prices stay prices. */
const IN_LINE = /^(?:\\\((.{1,1000}?)\\\)|\$(?![\s$])((?:\\.|[^$\n\\]){0,1000}?[^\s$\\])\$(?!\d))/;

/** What is known of it by the time that a lexer has met it. */
type Formula = Tokens.Generic & { readonly text: string };

const BLOCK = "formulaBlock";

export const formulaBlock: TokenizerAndRendererExtension = {
  name: BLOCK,
  level: "block",
  start: (source) => positionOf(/(?:^|\n)(?:\$\$|\\\[)/, source),
  tokenizer: (source) => token(BLOCK, APART.exec(source)),
  renderer: ({ text }) => `<pre><code>${escaped(String(text))}</code></pre>`,
};

export const formula: TokenizerAndRendererExtension = {
  name: "formula",
  level: "inline",
  start: (source) => positionOf(/\$|\\\(/, source),
  tokenizer: (source) => token("formula", IN_LINE.exec(source)),
  renderer: ({ text }) => `<code>${escaped(String(text))}</code>`,
};

export function isFormulaBlock(token: Token): token is Formula {
  return token.type === BLOCK;
}

function token(type: string, match: RegExpExecArray | null): Formula | undefined {
  if (!match) return undefined;
  const [raw, one, other = ""] = match;
  return { type, raw, text: (one ?? other).trim() };
}

function positionOf(pattern: RegExp, source: string): number | undefined {
  const at = source.search(pattern);
  return at === -1 ? undefined : at;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
