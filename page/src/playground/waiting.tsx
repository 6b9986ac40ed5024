import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { offer, refreshModels } from "../api/models.ts";
import { percent } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Progress } from "../ui/notice.tsx";
import type { Answer } from "./conversation.ts";
import { waitOf } from "./waits-for.ts";

/** The stream itself tells it at longer intervals. */
const LOOK_EVERY_MS = 1_000;

/** What is waited for while nothing comes: a local model is fetched or loaded. */
export function Waiting({ answer }: { readonly answer: Answer }): JSX.Element {
  const { playground } = text.value;
  const { models } = offer.value;
  const isElsewhere = models.some(({ id, omniport }) => id === answer.model && omniport === undefined);
  useEffect(() => {
    if (isElsewhere) return undefined;
    const timer = setInterval(() => void refreshModels(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isElsewhere]);

  const wait = waitOf(answer, models);
  if (wait === undefined) {
    return (
      <p class="waiting">
        <span class="spinner" />
        {playground.waiting}
      </p>
    );
  }
  const { state, model, share, total } = wait;
  const words = playground.waits[state](model);
  return (
    <Progress share={share}>
      {share === undefined ? words : `${words} · ${playground.ofTotal(percent(share), total ?? "")}`}
    </Progress>
  );
}
