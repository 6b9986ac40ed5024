import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { session } from "../api/session.ts";
import { text } from "../text/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { EXAMPLES, type ExampleLanguage, LANGUAGES } from "./examples.ts";
import { CodeBlock } from "./markdown/code-block.tsx";
import { usePlayground } from "./playground-state.ts";

const NAMES = { curl: "curl", python: "Python", node: "Node.js" } as const;
const GRAMMARS = { curl: "bash", python: "python", node: "javascript" } as const;

/** The call as a program: what the next message would send, or what the last one has sent. */
export function CodeDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { conversation, request } = usePlayground();
  const language = useSignal<ExampleLanguage>("curl");
  const lane = useSignal(0);
  const { playground } = text.value;
  const { models } = conversation.value;
  const target = { baseUrl: `${location.origin}/v1`, needsKey: session.value?.needs_key === true };
  const code = EXAMPLES[language.value](request(lane.value), target);
  return (
    <Dialog title={playground.showCode} onClose={onClose}>
      <Segmented
        label={playground.language}
        value={language.value}
        options={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))}
        onChange={(chosen) => void (language.value = chosen)}
      />
      {models.length > 1 && (
        <select
          class="input"
          aria-label={text.value.picker.label}
          value={lane.value}
          onChange={({ currentTarget }) => void (lane.value = Number(currentTarget.value))}
        >
          {models.map((model, at) => (
            <option key={at} value={at}>
              {model}
            </option>
          ))}
        </select>
      )}
      <CodeBlock code={withShortData(code)} copied={code} language={GRAMMARS[language.value]} />
      <p class="muted small">{code.includes(";base64,") ? playground.codeHintImages : playground.codeHint}</p>
    </Dialog>
  );
}

/** Images would fill the window; what is copied has them. */
function withShortData(code: string): string {
  return code.replaceAll(/(;base64,[\w+/=]{24})[\w+/=]+/g, "$1…");
}
