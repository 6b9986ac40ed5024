import type { JSX } from "preact";
import type { LocalModelState } from "../../../src/api/models.ts";
import { bytes, duration, percent } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { Badge, Progress } from "../ui/notice.tsx";
import { PullFailure } from "./pull-failure.tsx";
import { shownName } from "./kept.ts";
import { OfModel } from "./of-model.tsx";
import { endPull, type Pull } from "./pulls.ts";

/** A download's whole life: how far it is, that it is done, or why it failed and what to do about it. */
export function PullState({ pull }: { readonly pull: Pull }): JSX.Element {
  const name = shownName(pull.model);
  if (pull.failure) return <PullFailure pull={pull} failure={pull.failure} />;
  if (pull.isDone === true) return <Done model={pull.model} name={name} />;
  return <Running pull={pull} name={name} />;
}

function Done({ model, name }: { readonly model: string; readonly name: string }): JSX.Element {
  const { models: words } = text.value;
  return (
    <div class="pull">
      <output>
        <Badge tone="good">{words.done(name)}</Badge>
      </output>
      <Button compact kind="quiet" onClick={() => endPull(model)}>
        {words.dismiss}
        <OfModel name={name} />
      </Button>
    </div>
  );
}

function Running({ pull, name }: { readonly pull: Pull; readonly name: string }): JSX.Element {
  const { ui } = text.value;
  const { done_bytes: done = 0, total_bytes: total } = pull.progress ?? {};
  const isDownloading = pull.progress?.state === "downloading";
  return (
    <div class="pull">
      <Progress share={isDownloading && total ? done / total : undefined}>
        <span class="break">{name}</span>
        <span class="muted">{steps(pull).join(" · ")}</span>
      </Progress>
      <Button compact onClick={() => endPull(pull.model)}>
        {ui.cancel}
        <OfModel name={name} />
      </Button>
    </div>
  );
}

/** `45 %`, `288 MB of 639 MB`, `12 MB/s`, `29 s left` */
function steps({ progress, bytesPerSecond }: Pull): readonly string[] {
  const { models: words } = text.value;
  if (!progress) return [words.queued];
  if (progress.state === "absent" || progress.state === "failed") return [words.connecting];
  if (progress.state !== "downloading") return [words.states[progress.state]];
  const { done_bytes: done = 0, total_bytes: total } = progress satisfies LocalModelState;
  if (!total) return [words.states.downloading];
  const rate =
    bytesPerSecond === undefined ? [] : [words.rate(bytes(bytesPerSecond)), left(total - done, bytesPerSecond)];
  return [percent(done / total), words.downloaded(bytes(done), bytes(total)), ...rate];
}

function left(restBytes: number, bytesPerSecond: number): string {
  return text.value.models.left(duration(Math.ceil(restBytes / bytesPerSecond) * 1000));
}
