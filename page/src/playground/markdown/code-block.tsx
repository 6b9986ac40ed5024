import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { text } from "../../text/text.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { highlight } from "./highlight.ts";

interface CodeBlockProps {
  readonly code: string;
  readonly language: string;
  /** Instead of what is shown. */
  readonly copied?: string;
}

/** Longer code is not coloured: it would take longer than reading it. */
const MAX_HIGHLIGHTED = 50_000;
const SETTLE_MS = 60;

/** Code with its language's name and a button to copy it; coloured as soon as it rests. */
export function CodeBlock({ code, language, copied = code }: CodeBlockProps): JSX.Element {
  const coloured = useSignal<{ readonly code: string; readonly html: string } | undefined>(undefined);
  useEffect(() => {
    if (code.length > MAX_HIGHLIGHTED) return undefined;
    let isStale = false;
    const colour = async (): Promise<void> => {
      const html = await highlight(code, language).catch(() => undefined); // without its grammar it stays plain
      if (html !== undefined && !isStale) coloured.value = { code, html };
    };
    const timer = setTimeout(() => void colour(), SETTLE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [code, language]);

  const html = shownHtml(code, coloured.value);
  const { playground } = text.value;
  return (
    <div class="code-block">
      <div class="code-head">
        <span>{language}</span>
        <CopyButton value={() => copied} label={playground.copyCode} />
      </div>
      {/* Long lines are scrolled to with the keyboard, too. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} role="group" aria-label={playground.codeSpoken(language, code.split("\n").length)} lang="en">
        {html === undefined ? <code>{code}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />}
      </pre>
    </div>
  );
}

/** While code grows, what was coloured stays so, and what has come since follows it plain. */
function shownHtml(
  code: string,
  coloured: { readonly code: string; readonly html: string } | undefined,
): string | undefined {
  if (!coloured || !code.startsWith(coloured.code)) return undefined;
  return coloured.html + escapeHtml(code.slice(coloured.code.length));
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
