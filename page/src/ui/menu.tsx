import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly isDangerous?: boolean;
  readonly onSelect: () => void;
}

/** A button that opens a list of things to do. Arrow keys walk through it, Escape closes it. */
export function Menu({ label, items }: { readonly label: string; readonly items: readonly MenuItem[] }): JSX.Element {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  const onToggle = (event: { readonly newState: string }): void => {
    if (event.newState !== "open" || !button.current || !menu.current) return;
    place(menu.current, button.current);
    menu.current.querySelector("button")?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="button quiet compact icon-only"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        popovertarget={id}
      >
        <Icon name="more" />
      </button>
      <div
        ref={menu}
        id={id}
        class="menu"
        role="menu"
        tabIndex={-1}
        popover="auto"
        onToggle={onToggle}
        onKeyDown={walk}
      >
        {items.map(({ label: name, icon, isDangerous = false, onSelect }) => (
          <button
            key={name}
            type="button"
            role="menuitem"
            class={`menu-item${isDangerous ? " danger" : ""}`}
            onClick={() => {
              menu.current?.hidePopover();
              onSelect();
            }}
          >
            <Icon name={icon} />
            {name}
          </button>
        ))}
      </div>
    </>
  );
}

/** Below the button, or above it where there is no room, and never over the window's edge. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4;
  menu.style.top = `${below + height < innerHeight ? below : Math.max(4, at.top - height - 4)}px`;
  menu.style.left = `${Math.max(4, Math.min(at.right - width, innerWidth - width - 4))}px`;
}

function walk(event: KeyboardEvent): void {
  const { currentTarget: menu, key } = event;
  if (!(menu instanceof HTMLElement) || (key !== "ArrowDown" && key !== "ArrowUp")) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button")];
  const at = items.findIndex((item) => item === document.activeElement);
  items.at((at + (key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
}
