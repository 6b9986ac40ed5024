import type { JSX } from "preact";
import { offer } from "../api/models.ts";
import { bytes } from "../text/format.ts";
import { text } from "../text/text.ts";
import { usePlayground } from "./playground-state.ts";

/** Before the first word: what this is, and something to begin with. */
export function Welcome(): JSX.Element {
  const { conversation, send } = usePlayground();
  const { playground } = text.value;
  const [model = ""] = conversation.value.models;
  const local = offer.value.models.find(({ id }) => id === model)?.omniport;
  return (
    <div class="welcome">
      <div class="welcome-inner">
        <h2>{playground.welcome}</h2>
        <p>{local ? playground.welcomeLocal : playground.welcomeOther}</p>
        {local?.state === "absent" && (
          <p class="muted">
            {playground.downloadsFirst(
              local.reference ?? model,
              local.total_bytes === undefined ? undefined : bytes(local.total_bytes),
            )}
          </p>
        )}
        <ul class="starters">
          {playground.starters.map((starter) => (
            <li key={starter}>
              <button type="button" class="starter" onClick={() => send({ kind: "words", text: starter, images: [] })}>
                {starter}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
