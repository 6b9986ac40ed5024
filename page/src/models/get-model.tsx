import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SuggestedModel } from "../../../src/api/admin.ts";
import { suggestions } from "../api/admin.ts";
import { useAnswer } from "../api/answer.ts";
import { offer } from "../api/models.ts";
import { bytes } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { Failed } from "../ui/failed.tsx";
import { TextField } from "../ui/field.tsx";
import { Badge } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { findKept, modelName, shownName } from "./kept.ts";
import { OfModel } from "./of-model.tsx";
import { PullState } from "./pull-state.tsx";
import { pulls, startPull } from "./pulls.ts";

const PURPOSES: readonly SuggestedModel["purpose"][] = ["chat", "embedding", "rerank"];

/** Models that can be had: some that are worth it, and any other by its name. */
export function GetModel(): JSX.Element {
  const { models: words } = text.value;
  const { answer, again } = useAnswer(suggestions, []);
  const { value, failure } = answer.value;
  const purpose = useSignal<SuggestedModel["purpose"]>("chat");
  const suggested = value?.data ?? [];
  const shown = suggested.filter((model) => model.purpose === purpose.value);
  // Those of a card that is seen are shown in it.
  const others = pulls.value.filter(({ model }) => !shown.some(({ id }) => id === model));
  return (
    <section class="stack" aria-labelledby="models-get">
      <div class="section-head">
        <h2 id="models-get">{words.get}</h2>
        <p class="muted small">{words.getHint}</p>
      </div>
      <div>
        <Segmented
          label={words.purpose}
          value={purpose.value}
          options={PURPOSES.map((value) => ({ value, label: words.purposes[value] ?? value }))}
          onChange={(chosen) => void (purpose.value = chosen)}
        />
      </div>
      {failure && <Failed failure={failure} onAgain={again} />}
      {suggested.length > 0 && (
        <ul class="cards">
          {shown.map((model) => (
            <Suggestion key={model.id} model={model} />
          ))}
        </ul>
      )}
      {!value && !failure && <div class="card placeholder" aria-busy="true" />}
      <div class="card stack">
        <AnyModel />
        {others.map((pull) => (
          <PullState key={pull.model} pull={pull} />
        ))}
      </div>
    </section>
  );
}

function Suggestion({ model }: { readonly model: SuggestedModel }): JSX.Element {
  const { models: words } = text.value;
  const { id, title, bytes: size, memory_bytes: memory, licence } = model;
  const pull = pulls.value.find((one) => one.model === id);
  const kept = findKept(id, offer.value.models);
  const isHere = kept?.omniport.state === "ready" || kept?.omniport.state === "loaded";
  return (
    <li class="card suggestion">
      <h3>{title}</h3>
      <code class="muted break">{shownName(id)}</code>
      <p class="row-facts numeric">
        <span>{words.download(bytes(size))}</span>
        <span>{words.memory(bytes(memory))}</span>
        <span>{licence}</span>
      </p>
      <div class="suggestion-foot">
        {isHere && !pull ? (
          <Badge tone="good">{words.isHere}</Badge>
        ) : pull ? (
          <PullState pull={pull} />
        ) : (
          <Button compact icon="download" onClick={() => startPull(id, "pull")}>
            {words.pull}
            <OfModel name={title} />
          </Button>
        )}
      </div>
    </li>
  );
}

function AnyModel(): JSX.Element {
  const { models: words } = text.value;
  const typed = useSignal("");
  const isWrong = useSignal(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    const name = modelName(typed.value);
    isWrong.value = name === undefined;
    if (name === undefined) return;
    typed.value = "";
    startPull(name, "pull");
  };
  return (
    <form class="any-model" onSubmit={submit} noValidate>
      <TextField
        label={words.any}
        hint={words.anyHint}
        placeholder="owner/repo"
        mono
        value={typed.value}
        error={isWrong.value ? words.anyWrong : undefined}
        onInput={(value) => {
          typed.value = value;
          isWrong.value = false;
        }}
      />
      <Button kind="primary" icon="download" submits>
        {words.pull}
      </Button>
    </form>
  );
}
