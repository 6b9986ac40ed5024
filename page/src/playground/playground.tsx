import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { isNarrow } from "../style/width.ts";
import { text } from "../text/text.ts";
import { Drawer } from "../ui/dialog.tsx";
import { CodeDialog } from "./code-dialog.tsx";
import { Composer } from "./composer.tsx";
import { Lanes } from "./lanes.tsx";
import { usePlayground } from "./playground-state.ts";
import { SettingsPanel } from "./settings-panel.tsx";
import { Spoken } from "./spoken.tsx";
import { Thread } from "./thread.tsx";
import { Welcome } from "./welcome.tsx";
import "./playground.css";

/** The conversation, whom it is with, and what is asked of them. */
export function Playground(): JSX.Element {
  const { conversation } = usePlayground();
  const hasSettings = useSignal(false);
  const hasCode = useSignal(false);
  const { playground } = text.value;
  const closeSettings = (): void => void (hasSettings.value = false);
  return (
    <div class={`playground${hasSettings.value && !isNarrow.value ? " with-settings" : ""}`}>
      <h1 class="hidden-text">{text.value.frame.views.playground}</h1>
      <div class="playground-main">
        <Lanes
          hasSettings={hasSettings.value}
          onSettings={() => void (hasSettings.value = !hasSettings.value)}
          onCode={() => void (hasCode.value = true)}
        />
        {conversation.value.turns.length === 0 ? <Welcome /> : <Thread key={conversation.value.id} />}
        <Spoken />
        <Composer />
      </div>
      {hasSettings.value &&
        (isNarrow.value ? (
          <Drawer side="end" title={playground.settings} onClose={closeSettings}>
            <SettingsPanel onClose={closeSettings} />
          </Drawer>
        ) : (
          <SettingsPanel onClose={closeSettings} />
        ))}
      {hasCode.value && <CodeDialog onClose={() => void (hasCode.value = false)} />}
    </div>
  );
}
