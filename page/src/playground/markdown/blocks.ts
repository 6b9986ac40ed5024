import { Marked, type MarkedToken, type Token } from "marked";
import { formula, formulaBlock, isFormulaBlock } from "./formula.ts";

/** A piece of a Markdown text that is shown as one: while an answer is written, only the last of them changes. */
export type Block =
  | { readonly kind: "html"; readonly raw: string; readonly html: () => string }
  | { readonly kind: "code"; readonly raw: string; readonly language: string; readonly code: string };

const marked = new Marked({
  gfm: true,
  breaks: true,
  extensions: [formulaBlock, formula],
  // A sign in place of a control that does nothing: screen readers have a name for it.
  renderer: { html: ({ text }) => plainHtml(text), checkbox: ({ checked }) => (checked ? "☑ " : "☐ ") },
});

/** Tags that models use within Markdown, where it has no sign of its own. */
const PLAIN_TAG = /&lt;(\/?(?:br|sub|sup|kbd|mark|details|summary|b|i|em|strong|u|s|del))\s*\/?&gt;/gi;

/** HTML within the Markdown is shown as it was written, but for tags that can do nothing, without attributes. */
function plainHtml(html: string): string {
  const escaped = html.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replaceAll(PLAIN_TAG, "<$1>");
}

/** GitHub's Markdown, cut into its outermost blocks. The HTML is not yet safe. */
export function blocks(markdown: string): readonly Block[] {
  return marked.lexer(markdown).filter(isShown).map(blockOf);
}

function isShown({ type }: Token): boolean {
  return type !== "space" && type !== "def";
}

function blockOf(token: Token): Block {
  const { raw } = token;
  if (isFormulaBlock(token)) return { kind: "code", raw, language: "latex", code: token.text };
  if (!isCode(token)) return { kind: "html", raw, html: () => marked.parser([token]) };
  const [language = ""] = (token.lang ?? "").split(/\s/, 1);
  return { kind: "code", raw, language: language.toLowerCase(), code: token.text };
}

function isCode(token: Token): token is MarkedToken & { type: "code" } {
  return token.type === "code";
}
