import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { language } from "../text/text.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { codeLanguage } from "./code-language.ts";
import { CODE_LANGUAGES, codeOf } from "./code.ts";
import { type Example, type Operation, summaryOf } from "./openapi.ts";
import { words } from "./text.ts";

const LANGUAGE_NAMES = { curl: "curl", python: "Python", node: "Node" } as const;

/** A call of the route, in the language that was chosen last, to copy. */
export function ExampleCode({ operation }: { readonly operation: Operation }): JSX.Element {
  const examples: readonly (Example | undefined)[] = Object.values(
    operation.requestBody?.content["application/json"].examples ?? {},
  );
  const chosen = useSignal(0);
  const { origin } = location;
  const example = examples[chosen.value];
  const code = codeOf(codeLanguage.value, { ...operation, origin, ...(example && { body: example.value }) });
  return (
    <div class="example">
      <div class="example-head">
        <Segmented
          label={words.value.codeLanguage}
          value={codeLanguage.value}
          options={CODE_LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={(value) => void (codeLanguage.value = value)}
        />
        {examples.length > 1 && (
          <select
            class="input"
            aria-label={words.value.example}
            value={chosen.value}
            onChange={({ currentTarget }) => void (chosen.value = Number(currentTarget.value))}
          >
            {examples.map((one, index) => (
              <option key={index} value={index}>
                {one && summaryOf(one, language.value)}
              </option>
            ))}
          </select>
        )}
        <CopyButton value={() => code} />
      </div>
      <pre class="example-code">
        <code>{code}</code>
      </pre>
    </div>
  );
}
