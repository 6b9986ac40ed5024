import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { blocks, type Block } from "./blocks.ts";
import { languageOf } from "../../text/language-of.ts";
import { language } from "../../text/text.ts";
import { CodeBlock } from "./code-block.tsx";
import { createSanitiser, type Sanitise } from "./safe-html.ts";

let sanitiser: Sanitise | undefined;

/** What a model has written, as Markdown. It is a stranger's text: nothing in it can do anything. */
export function Markdown({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="markdown" lang={languageOf(text, language.value)}>
      {blocks(text).map((block, at) =>
        block.kind === "code" ? (
          <CodeBlock key={at} code={block.code} language={block.language} />
        ) : (
          <HtmlBlock key={at} block={block} />
        ),
      )}
    </div>
  );
}

/** A block whose text is the same is not made again: an answer that grows costs what its last block does. */
function HtmlBlock({ block }: { readonly block: Block & { readonly kind: "html" } }): JSX.Element {
  const html = useMemo(() => {
    sanitiser ??= createSanitiser(window);
    return sanitiser(block.html());
  }, [block.raw]);
  return <div class="block" dangerouslySetInnerHTML={{ __html: html }} />;
}
