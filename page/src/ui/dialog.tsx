import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { text } from "../text/text.ts";
import { IconButton } from "./button.tsx";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A window above the page, there as long as it is rendered: the rest cannot be reached, Escape closes it. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const dialog = useModal();
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} closedby="any" onClose={onClose}>
      <div class="dialog-head">
        <h2>{title}</h2>
        <IconButton icon="close" label={text.value.ui.close} onClick={() => dialog.current?.close()} />
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

interface DrawerProps extends DialogProps {
  /** The side from which it comes. */
  readonly side: "start" | "end";
}

/** What stands beside the view where there is room, above it where there is none. */
export function Drawer({ title, side, onClose, children }: DrawerProps): JSX.Element {
  const dialog = useModal();
  return (
    <dialog ref={dialog} class={`drawer ${side}`} aria-label={title} closedby="any" onClose={onClose}>
      {children}
    </dialog>
  );
}

function useModal(): { current: HTMLDialogElement | null } {
  const dialog = useRef<HTMLDialogElement>(null);
  // A layout effect: a dialog that is closed after it has left the page does not give the focus back.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  return dialog;
}
