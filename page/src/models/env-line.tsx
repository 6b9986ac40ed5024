import type { JSX } from "preact";
import { text } from "../text/text.ts";
import { CopyButton } from "../ui/copy-button.tsx";

/** A line for the file `.env`, to copy. @param line `OPENAI_API_KEY=` */
export function EnvLine({ line }: { readonly line: string }): JSX.Element {
  const name = line.slice(0, line.indexOf("="));
  return (
    <div class="env-line">
      <code class="break">{line}</code>
      <CopyButton value={() => line} label={text.value.models.envLine(name)} />
    </div>
  );
}
