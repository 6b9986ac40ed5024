import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { text } from "../text/text.ts";
import type { Conversation } from "./conversation.ts";
import { usePlayground } from "./playground-state.ts";
import { spokenWords } from "./spoken-words.ts";

const EVERY_MS = 1_000;
/** Enough for what comes within a second; the thread itself has all. */
const MAX_LINES = 20;

/** Reads answers out as they come, politely and block by block: the thread itself changes with each token. */
export function Spoken(): JSX.Element {
  const { conversation } = usePlayground();
  const heard = useRef(conversation.peek());
  const lines = useSignal<readonly string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const tell = (): void => {
    timer.current = undefined;
    const news = spokenSince(heard.current, conversation.peek());
    heard.current = conversation.peek();
    if (news.length > 0) lines.value = [...lines.value, ...news].slice(-MAX_LINES);
  };
  useSignalEffect(() => {
    if (conversation.value.id !== heard.current.id) heard.current = conversation.value; // what was kept is not read out
    else timer.current ??= setTimeout(tell, EVERY_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div class="hidden-text" role="log" aria-label={text.value.playground.spoken}>
      {lines.value.map((line, at) => (
        <p key={at}>{line}</p>
      ))}
    </div>
  );
}

/** What the last turn has come to say; with the model's name where several answer. */
function spokenSince(before: Conversation, after: Conversation): readonly string[] {
  const [last, isSame] = [after.turns.at(-1), before.turns.length === after.turns.length];
  if (!last) return [];
  return last.answers.flatMap((answer, lane) => {
    const words = spokenWords(isSame ? before.turns.at(-1)?.answers[lane] : undefined, answer);
    return last.answers.length > 1 ? words.map((line) => `${answer.model}: ${line}`) : words;
  });
}
