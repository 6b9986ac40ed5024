import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { languageOf } from "../text/language-of.ts";
import { language, text } from "../text/text.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { AnswerView } from "./answer-view.tsx";
import type { Input, Turn } from "./conversation.ts";
import { usePlayground } from "./playground-state.ts";

/** How near to its end the thread counts as being there. */
const NEAR_PX = 80;

/** What was said. It follows the answers as they grow, unless the reader has scrolled away. */
export function Thread(): JSX.Element {
  const { conversation } = usePlayground();
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const { models, turns } = conversation.value;

  useSignalEffect(() => {
    if (conversation.value.turns.length === 0) return;
    requestAnimationFrame(() => {
      if (isAtEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    });
  });
  const onScroll = (): void => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = scroller.current ?? {};
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  return (
    <div ref={scroller} class="thread" onScroll={onScroll}>
      <div class={`thread-inner lanes-${models.length}`}>
        {turns.map((turn, at) => (
          <TurnView key={at} turn={turn} at={at} />
        ))}
      </div>
    </div>
  );
}

function TurnView({ turn, at }: { readonly turn: Turn; readonly at: number }): JSX.Element {
  const { conversation } = usePlayground();
  const isLast = at === conversation.value.turns.length - 1;
  return (
    <section class="turn">
      {turn.input.kind === "words" ? <Words input={turn.input} at={at} /> : <ToolResults input={turn.input} />}
      <div class="answers">
        {turn.answers.map((answer, lane) => (
          <AnswerView
            key={lane}
            answer={answer}
            turn={at}
            lane={lane}
            isLast={isLast}
            isCompared={turn.answers.length > 1}
          />
        ))}
      </div>
    </section>
  );
}

interface WordsProps {
  readonly input: Input & { readonly kind: "words" };
  readonly at: number;
}

/** The last of a message's buttons. */
const EDIT_BUTTON = ".words-actions > :last-child";

/** What the user has said, which can be said otherwise. */
function Words({ input, at }: WordsProps): JSX.Element {
  const { edit, isBusy } = usePlayground();
  const edited = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  const row = useRef<HTMLDivElement>(null);
  const wasEdited = useRef(false);
  const { playground, ui } = text.value;
  const leave = (): void => void (edited.value = undefined);
  const isEdited = edited.value !== undefined;
  useEffect(() => {
    if (isEdited) field.current?.focus();
    else if (wasEdited.current) row.current?.querySelector<HTMLElement>(EDIT_BUTTON)?.focus();
    wasEdited.current = isEdited;
  }, [isEdited]);
  if (edited.value !== undefined) {
    const submit = (event: Event): void => {
      event.preventDefault();
      edit(at, edited.value?.trim() ?? input.text);
      leave();
    };
    return (
      <form class="words editing" onSubmit={submit}>
        <textarea
          ref={field}
          class="input"
          rows={Math.min(12, edited.value.split("\n").length + 1)}
          aria-label={playground.editMessage}
          value={edited.value}
          onInput={(event) => void (edited.value = event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && leave()}
        />
        <div class="dialog-actions">
          <Button compact onClick={leave}>
            {ui.cancel}
          </Button>
          <Button compact kind="primary" submits disabled={edited.value.trim() === "" && input.images.length === 0}>
            {playground.sendAgain}
          </Button>
        </div>
      </form>
    );
  }
  return (
    <div ref={row} class="words-row">
      <div class="words-actions">
        <CopyButton value={() => input.text} label={playground.copyMessage} />
        <IconButton
          compact
          icon="edit"
          label={playground.editMessage}
          disabled={isBusy.value}
          onClick={() => void (edited.value = input.text)}
        />
      </div>
      <div class="words" dir="auto" lang={languageOf(input.text, language.value)}>
        <h2 class="hidden-text">{playground.you}</h2>
        {input.images.length > 0 && (
          <div class="words-images">
            {input.images.map((url) => (
              <img key={url} src={url} alt={playground.image} />
            ))}
          </div>
        )}
        {input.text}
      </div>
    </div>
  );
}

function ToolResults({ input }: { readonly input: Input & { readonly kind: "tool_results" } }): JSX.Element {
  const { playground } = text.value;
  return (
    <div class="words-row">
      <div class="words tool-results">
        <strong class="small">{playground.toolResults}</strong>
        {Object.entries(input.results).map(([id, result]) => (
          <pre key={id}>{result}</pre>
        ))}
      </div>
    </div>
  );
}
