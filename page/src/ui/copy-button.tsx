import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { text } from "../text/text.ts";
import { IconButton } from "./button.tsx";
import { copyText } from "./clipboard.ts";

const SHOWN_MS = 1_600;

/** Copies, and says so. @param value asked for when the button is pressed. */
export function CopyButton({ value, label }: { readonly value: () => string; readonly label?: string }): JSX.Element {
  const isDone = useSignal(false);
  const { ui } = text.value;
  const copy = async (): Promise<void> => {
    await copyText(value());
    isDone.value = true;
    setTimeout(() => void (isDone.value = false), SHOWN_MS);
  };
  return (
    <>
      <IconButton
        compact
        icon={isDone.value ? "check" : "copy"}
        label={isDone.value ? ui.copied : (label ?? ui.copy)}
        onClick={() => void copy()}
      />
      <output class="hidden-text">{isDone.value ? ui.copied : ""}</output>
    </>
  );
}
