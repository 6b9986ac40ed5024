import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ToolCall } from "../../../src/api/chat.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import type { Answer } from "./conversation.ts";
import { CodeBlock } from "./markdown/code-block.tsx";
import { usePlayground } from "./playground-state.ts";

interface ToolCallsProps {
  readonly answer: Answer;
  /** Whether results are waited for. */
  readonly isOpen: boolean;
}

/** The tools that a model calls. The user is the tool: what is typed goes back as its result. */
export function ToolCalls({ answer, isOpen }: ToolCallsProps): JSX.Element {
  const { send } = usePlayground();
  const results = useSignal<Readonly<Record<string, string>>>({});
  const { playground } = text.value;
  const submit = (event: Event): void => {
    event.preventDefault();
    const all = answer.toolCalls.map(({ id }) => [id, results.value[id] ?? ""] as const);
    send({ kind: "tool_results", results: Object.fromEntries(all) });
  };
  return (
    <form class="tool-calls" onSubmit={submit}>
      {answer.toolCalls.map((call) => (
        <div key={call.id} class="tool-call">
          <h3>
            <Icon name="wrench" />
            <code>{call.function?.name}</code>
          </h3>
          <CodeBlock code={prettyArguments(call)} language="json" />
          {isOpen && (
            <TextField
              mono
              rows={2}
              label={playground.toolResult}
              value={results.value[call.id] ?? ""}
              onInput={(typed) => void (results.value = { ...results.value, [call.id]: typed })}
            />
          )}
        </div>
      ))}
      {isOpen && (
        <div>
          <Button compact kind="primary" submits>
            {playground.sendResults}
          </Button>
        </div>
      )}
    </form>
  );
}

/** As the model has written them, where that is no JSON yet. */
function prettyArguments({ function: called }: ToolCall): string {
  const { arguments: written = "" } = called ?? {};
  try {
    return JSON.stringify(JSON.parse(written), undefined, 2);
  } catch {
    return written;
  }
}
