import type { JSX } from "preact";
import { ModelPicker } from "../model-picker/model-picker.tsx";
import { text } from "../text/text.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { MAX_LANES, usePlayground } from "./playground-state.ts";

interface LanesProps {
  readonly hasSettings: boolean;
  readonly onSettings: () => void;
  readonly onCode: () => void;
}

/** Whom one talks with: one model, or up to four side by side. */
export function Lanes({ hasSettings, onSettings, onCode }: LanesProps): JSX.Element {
  const { conversation, setModels, isBusy } = usePlayground();
  const { models } = conversation.value;
  const { playground } = text.value;
  return (
    <header class="lanes">
      <div class="lanes-models">
        {models.map((model, lane) => (
          <div key={lane} class="lane-model">
            <ModelPicker use="chat" value={model} onPick={(picked) => setModels(models.with(lane, picked))} />
            {models.length > 1 && (
              <IconButton
                compact
                icon="close"
                label={playground.removeLane(model)}
                disabled={isBusy.value}
                onClick={() => setModels(models.toSpliced(lane, 1))}
              />
            )}
          </div>
        ))}
        {models.length < MAX_LANES && (
          <Button
            kind="quiet"
            icon="columns"
            disabled={isBusy.value}
            onClick={() => setModels([...models, models.at(-1) ?? ""])}
          >
            <span class="lanes-word">{playground.compare}</span>
          </Button>
        )}
      </div>
      <div class="lanes-actions">
        <IconButton icon="code" label={playground.showCode} onClick={onCode} />
        <IconButton icon="sliders" label={playground.settings} pressed={hasSettings} onClick={onSettings} />
      </div>
    </header>
  );
}
