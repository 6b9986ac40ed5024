import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { moment } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Menu } from "../ui/menu.tsx";
import { type Conversation, titleOf } from "./conversation.ts";
import { fileNameOf, toMarkdown } from "./export.ts";
import { usePlayground } from "./playground-state.ts";

/** The conversations that this browser keeps. @param onLeave is told that another one is shown. */
export function Conversations({ onLeave }: { readonly onLeave: (() => void) | undefined }): JSX.Element {
  const { kept, startNew } = usePlayground();
  const { playground } = text.value;
  return (
    <section class="conversations" aria-label={playground.conversations}>
      <Button
        icon="plus"
        onClick={() => {
          startNew();
          onLeave?.();
        }}
      >
        {playground.newConversation}
      </Button>
      {kept.value.length === 0 ? (
        <p class="muted small">{playground.noConversations}</p>
      ) : (
        <ul>
          {kept.value.map((conversation) => (
            <Entry key={conversation.id} conversation={conversation} onLeave={onLeave} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface EntryProps {
  readonly conversation: Conversation;
  readonly onLeave: (() => void) | undefined;
}

function Entry({ conversation, onLeave }: EntryProps): JSX.Element {
  const playground = usePlayground();
  const isRenamed = useSignal(false);
  const isRemoved = useSignal(false);
  const { playground: words } = text.value;
  const { id, updatedAt } = conversation;
  const title = titleOf(conversation) ?? words.newConversation;
  const isShown = playground.conversation.value.id === id;
  const open = (): void => {
    playground.open(id);
    onLeave?.();
  };
  return (
    <li class={`conversation${isShown ? " shown" : ""}`}>
      <button type="button" class="conversation-open" aria-current={isShown ? "true" : undefined} onClick={open}>
        <span class="conversation-title" dir="auto" title={title}>
          {title}
        </span>
        <span class="muted small">{moment(updatedAt)}</span>
      </button>
      <Menu
        label={words.actionsOf(title)}
        items={[
          { label: words.rename, icon: "edit", onSelect: () => void (isRenamed.value = true) },
          { label: words.exportMarkdown, icon: "download", onSelect: () => save(conversation, "md") },
          { label: words.exportJson, icon: "download", onSelect: () => save(conversation, "json") },
          { label: words.remove, icon: "trash", isDangerous: true, onSelect: () => void (isRemoved.value = true) },
        ]}
      />
      {isRenamed.value && (
        <Rename
          title={title}
          onTitle={(named) => playground.rename(id, named)}
          onClose={() => void (isRenamed.value = false)}
        />
      )}
      {isRemoved.value && (
        <Remove title={title} onRemove={() => playground.remove(id)} onClose={() => void (isRemoved.value = false)} />
      )}
    </li>
  );
}

interface RenameProps {
  readonly title: string;
  readonly onTitle: (title: string) => void;
  readonly onClose: () => void;
}

function Rename({ title, onTitle, onClose }: RenameProps): JSX.Element {
  const typed = useSignal(title);
  const { playground, ui } = text.value;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (typed.value.trim() !== "") onTitle(typed.value.trim());
    onClose();
  };
  return (
    <Dialog title={playground.rename} onClose={onClose}>
      <form class="dialog-form" onSubmit={submit}>
        <TextField label={playground.titleLabel} value={typed.value} onInput={(value) => void (typed.value = value)} />
        <div class="dialog-actions">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button kind="primary" submits>
            {ui.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface RemoveProps {
  readonly title: string;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}

/** Asks first: a conversation is kept nowhere else. */
function Remove({ title, onRemove, onClose }: RemoveProps): JSX.Element {
  const { playground, ui } = text.value;
  return (
    <Dialog title={playground.removeTitle(title)} onClose={onClose}>
      <p>{playground.removeText}</p>
      <div class="dialog-actions">
        <Button onClick={onClose}>{ui.cancel}</Button>
        <Button kind="danger" icon="trash" onClick={onRemove}>
          {playground.remove}
        </Button>
      </div>
    </Dialog>
  );
}

/** Gives the conversation to the user as a file. */
function save(conversation: Conversation, type: "md" | "json"): void {
  const content = type === "md" ? toMarkdown(conversation) : JSON.stringify(conversation, undefined, 2);
  const url = URL.createObjectURL(new Blob([content], { type: type === "md" ? "text/markdown" : "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileNameOf(conversation, type);
  link.click();
  URL.revokeObjectURL(url);
}
