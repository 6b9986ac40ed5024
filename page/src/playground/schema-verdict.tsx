import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { text } from "../text/text.ts";
import { Badge } from "../ui/notice.tsx";
import { type Answer, isRunning } from "./conversation.ts";
import { createJudge, type Judge, type Verdict } from "./json/check.ts";

interface SchemaVerdictProps {
  readonly answer: Answer;
  readonly schema: Readonly<Record<string, unknown>>;
}

const TONES = { empty: "neutral", fits_so_far: "accent", fits: "good", broken: "bad" } as const;

/** Whether the answer fits its schema, while it is written. */
export function SchemaVerdict({ answer, schema }: SchemaVerdictProps): JSX.Element | null {
  const judge = useSignal<Judge | undefined>(undefined);
  const unreadable = useSignal<string | undefined>(undefined);
  const { playground } = text.value;
  const key = useMemo(() => JSON.stringify(schema), [schema]);

  useEffect(() => {
    createJudge(schema).then(
      (made) => (judge.value = made),
      (thrown: unknown) => (unreadable.value = thrown instanceof Error ? thrown.message : String(thrown)),
    );
  }, [key]);

  if (unreadable.value !== undefined)
    return <p class="verdict muted small">{playground.schemaUnreadable(unreadable.value)}</p>;
  if (!judge.value) return null;
  const verdict = ended(judge.value(answer.content), answer);
  return (
    <p class="verdict small">
      <Badge tone={TONES[verdict.state]}>{playground.verdicts[verdict.state]}</Badge>
      {verdict.state === "broken" && <span>{verdict.problem}</span>}
    </p>
  );
}

/** What fits so far, but goes on no more, does not fit. */
function ended(verdict: Verdict, answer: Answer): Verdict {
  if (isRunning(answer) || verdict.state !== "fits_so_far") return verdict;
  return { state: "broken", problem: text.value.playground.schemaCutOff };
}
