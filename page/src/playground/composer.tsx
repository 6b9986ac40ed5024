import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { text } from "../text/text.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { dataUrl, imagesIn } from "./images.ts";
import { usePlayground } from "./playground-state.ts";
import { isSendable } from "./settings.ts";

const MAX_IMAGES = 8;

/** There the focus would bring the keyboard up, over the answer. */
function isTouched(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}

/** Where one writes; images come by the button, by dropping and by pasting. */
export function Composer(): JSX.Element {
  const { conversation, draft, images, isBusy, send, stop } = usePlayground();
  const field = useRef<HTMLTextAreaElement>(null);
  const isDropTarget = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const { playground } = text.value;
  const { settings, id } = conversation.value;
  const words = draft.value.trim();
  const canSend = !isBusy.value && isSendable(settings) && (words !== "" || images.value.length > 0);

  useEffect(() => field.current?.focus(), [id]);
  // The button that was pressed may be gone with what it has begun or ended.
  useEffect(() => {
    if (document.activeElement === document.body && !isTouched()) field.current?.focus();
  }, [isBusy.value]);

  const submit = (event?: Event): void => {
    event?.preventDefault();
    if (!canSend) return;
    send({ kind: "words", text: words, images: images.value });
    draft.value = "";
    images.value = [];
  };
  const add = async (files: readonly File[]): Promise<void> => {
    problem.value = undefined;
    for (const file of files) {
      try {
        const url = await dataUrl(file);
        images.value = [...images.value, url].slice(0, MAX_IMAGES);
      } catch {
        problem.value = playground.imageUnreadable(file.name); // whatever the browser's words for it are
      }
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter also ends the composing of Chinese characters.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  };
  const onPaste = (event: ClipboardEvent): void => {
    const files = imagesIn(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    void add(files);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    isDropTarget.value = false;
    void add(imagesIn(event.dataTransfer));
  };
  return (
    <form
      class={`composer${isDropTarget.value ? " drop-target" : ""}`}
      onSubmit={submit}
      onDragOver={(event) => {
        event.preventDefault();
        isDropTarget.value = true;
      }}
      onDragLeave={() => void (isDropTarget.value = false)}
      onDrop={onDrop}
    >
      <div class="composer-box">
        <Images />
        {problem.value !== undefined && (
          <p class="field-error" role="alert">
            {problem.value}
          </p>
        )}
        {!isSendable(settings) && <p class="field-error">{playground.settingsWrong}</p>}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={playground.message}
          placeholder={playground.placeholder}
          value={draft.value}
          onInput={(event) => void (draft.value = event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <div class="composer-actions">
          <label class="button quiet icon-only" title={playground.addImage}>
            <Icon name="image" />
            <span class="hidden-text">{playground.addImage}</span>
            <input
              class="hidden-text"
              type="file"
              accept="image/*"
              multiple
              onChange={({ currentTarget }) => {
                void add([...(currentTarget.files ?? [])]);
                currentTarget.value = "";
              }}
            />
          </label>
          <span class="composer-hint muted small">{playground.enterSends}</span>
          {isBusy.value ? (
            <IconButton kind="primary" icon="stop" label={playground.stop} onClick={stop} />
          ) : (
            <IconButton kind="primary" icon="send" label={playground.send} disabled={!canSend} submits />
          )}
        </div>
      </div>
    </form>
  );
}

/** Those that go with the next message. */
function Images(): JSX.Element | null {
  const { images } = usePlayground();
  const { playground } = text.value;
  if (images.value.length === 0) return null;
  return (
    <ul class="composer-images">
      {images.value.map((url, at) => (
        <li key={url}>
          <img src={url} alt={playground.image} />
          <IconButton
            compact
            icon="close"
            label={playground.removeImage}
            onClick={() => void (images.value = images.value.toSpliced(at, 1))}
          />
        </li>
      ))}
    </ul>
  );
}
