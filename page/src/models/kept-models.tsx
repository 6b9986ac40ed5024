import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { LocalModelState } from "../../../src/api/models.ts";
import { deleteModel, unloadModel } from "../api/local-models.ts";
import { offer, refreshModels } from "../api/models.ts";
import { usePlayground } from "../playground/playground-state.ts";
import { go } from "../router.ts";
import { bytes, number } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Failed } from "../ui/failed.tsx";
import { Badge, Empty, Progress } from "../ui/notice.tsx";
import { type KeptModel, keptModels, shownName } from "./kept.ts";
import { OfModel } from "./of-model.tsx";
import { pulls, startPull } from "./pulls.ts";

const TONES = {
  absent: "neutral",
  downloading: "accent",
  converting: "accent",
  loading: "accent",
  ready: "neutral",
  loaded: "good",
  failed: "bad",
} as const satisfies Record<LocalModelState["state"], string>;

/** The models on this machine: what they take, and how to be rid of that. */
export function KeptModels(): JSX.Element {
  const { models: words } = text.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const removed = useSignal("");
  const { models, state, failure } = offer.value;
  const kept = keptModels(models);
  useEffect(() => void refreshModels(), []);

  const onRemoved = (id: string): void => {
    removed.value = words.removed(id);
    heading.current?.focus();
  };
  return (
    <section class="stack" aria-labelledby="models-here">
      <div class="section-head">
        <h2 id="models-here" ref={heading} tabIndex={-1}>
          {words.here}
        </h2>
        {kept.length > 0 && <Totals kept={kept} />}
      </div>
      <output class="hidden-text">{removed.value}</output>
      {state === "failed" && failure && <Failed failure={failure} onAgain={() => void refreshModels()} />}
      {kept.length > 0 && (
        <ul class="rows card">
          {kept.map((model) => (
            <KeptRow key={model.id} model={model} onRemoved={onRemoved} />
          ))}
        </ul>
      )}
      {kept.length === 0 && state === "known" && (
        <div class="card">
          <Empty icon="chip" title={words.none}>
            {/* Where another server runs them, not even the defaults are listed. */}
            <p>{models.some(({ omniport }) => omniport) ? words.noneHint : words.elsewhere}</p>
          </Empty>
        </div>
      )}
      {kept.length === 0 && state === "unknown" && <div class="card placeholder" aria-busy="true" />}
    </section>
  );
}

function Totals({ kept }: { readonly kept: readonly KeptModel[] }): JSX.Element {
  const { models: words } = text.value;
  const onDisk = kept.reduce((sum, { omniport }) => sum + omniport.bytes, 0);
  const inMemory = kept.reduce((sum, { omniport }) => sum + (omniport.memory_bytes ?? 0), 0);
  return (
    <p class="muted small numeric">
      {[words.onDisk(bytes(onDisk)), ...(inMemory > 0 ? [words.inMemory(bytes(inMemory))] : [])].join(" · ")}
    </p>
  );
}

interface KeptRowProps {
  readonly model: KeptModel;
  readonly onRemoved: (id: string) => void;
}

function KeptRow({ model, onRemoved }: KeptRowProps): JSX.Element {
  const { models: words } = text.value;
  const { id, names, omniport } = model;
  const { state, purpose, error } = omniport;
  return (
    <li class="row">
      <div class="row-main">
        <div class="row-title">
          <strong class="break">{shownName(id)}</strong>
          {names.map((name) => (
            <Badge key={name} tone="accent">
              {name}
            </Badge>
          ))}
        </div>
        <div class="row-facts">
          <Badge tone={TONES[state]}>{words.states[state]}</Badge>
          {purpose !== undefined && <span>{words.purposes[purpose] ?? purpose}</span>}
          {omniport.bytes > 0 && <span class="numeric">{words.onDisk(bytes(omniport.bytes))}</span>}
          {omniport.memory_bytes !== undefined && (
            <span class="numeric">{words.inMemory(bytes(omniport.memory_bytes))}</span>
          )}
          {(omniport.calls ?? 0) > 0 && <span class="numeric">{words.calls(number(omniport.calls ?? 0))}</span>}
        </div>
        {state === "downloading" && <Downloaded state={omniport} />}
        {error !== undefined && <p class="field-error break">{error}</p>}
      </div>
      <KeptActions model={model} onRemoved={onRemoved} />
    </li>
  );
}

/** How far a download is that this page may not have asked for: a call, or the command line. */
function Downloaded({
  state: { done_bytes: done = 0, total_bytes: total },
}: {
  readonly state: LocalModelState;
}): JSX.Element {
  const { models: words } = text.value;
  return (
    <Progress share={total ? done / total : undefined}>
      {total ? words.downloaded(bytes(done), bytes(total)) : ""}
    </Progress>
  );
}

function KeptActions({ model: { id, omniport }, onRemoved }: KeptRowProps): JSX.Element {
  const { models: words, ui } = text.value;
  const isAsked = useSignal(false);
  const isUnloading = useSignal(false);
  const isRemoving = useSignal(false);
  const failure = useSignal<Error | undefined>(undefined);
  const name = shownName(id);
  const { state } = omniport;
  const playground = usePlayground();
  const isLoading = pulls.value.some((pull) => pull.model === id && !pull.failure && pull.isDone !== true);

  const isHere = state === "ready" || state === "loaded";

  const chat = (): void => {
    playground.startNew();
    playground.setModels([id]);
    go("playground");
  };
  /** @returns whether it was done. Each has a sign of its own, as one may be asked for while the other is under way. */
  const done = async (isRunning: Signal<boolean>, work: () => Promise<unknown>): Promise<boolean> => {
    isRunning.value = true;
    failure.value = undefined;
    let isDone = true;
    try {
      await work();
    } catch (thrown) {
      isDone = false;
      failure.value = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    isRunning.value = false;
    await refreshModels();
    return isDone;
  };
  const remove = async (): Promise<void> => {
    const isGone = await done(isRemoving, async () => {
      await deleteModel(id);
      isAsked.value = false;
    });
    if (isGone) onRemoved(name); // the row is gone, and the focus with it
  };
  return (
    <div class="row-actions">
      {isHere && omniport.purpose === "chat" && (
        <Button compact icon="chat" onClick={chat}>
          {words.chat}
          <OfModel name={name} />
        </Button>
      )}
      {state === "ready" && (
        <Button compact busy={isLoading} onClick={() => startPull(id, "load")}>
          {words.load}
          <OfModel name={name} />
        </Button>
      )}
      {state === "loaded" && (
        <Button compact busy={isUnloading.value} onClick={() => void done(isUnloading, () => unloadModel(id))}>
          {words.unload}
          <OfModel name={name} />
        </Button>
      )}
      {isHere && (
        <Button compact icon="trash" onClick={() => void (isAsked.value = true)}>
          {words.remove}
          <OfModel name={name} />
        </Button>
      )}
      {failure.value && !isAsked.value && <Failed failure={failure.value} />}
      {isAsked.value && (
        <Dialog title={words.removeTitle(name)} onClose={() => void (isAsked.value = false)}>
          <p>{words.removeText(bytes(omniport.bytes))}</p>
          {failure.value && <Failed failure={failure.value} />}
          <div class="dialog-actions">
            <Button onClick={() => void (isAsked.value = false)}>{ui.cancel}</Button>
            <Button kind="danger" icon="trash" busy={isRemoving.value} onClick={() => void remove()}>
              {words.remove}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
