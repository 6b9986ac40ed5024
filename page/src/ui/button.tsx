import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

interface ButtonProps {
  readonly kind?: "plain" | "primary" | "quiet" | "danger";
  readonly icon?: IconName;
  readonly compact?: boolean;
  readonly disabled?: boolean;
  /** Shows that it is at work, and cannot be pressed meanwhile. */
  readonly busy?: boolean;
  /** For a button that stays pressed. */
  readonly pressed?: boolean;
  readonly submits?: boolean;
  readonly onClick?: (event: MouseEvent) => void;
  readonly children: ComponentChildren;
}

export function Button({ icon, busy = false, disabled = false, children, ...props }: ButtonProps): JSX.Element {
  return (
    <button
      type={props.submits ? "submit" : "button"}
      class={className(props)}
      disabled={disabled || busy}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      {busy ? <span class="spinner" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "children" | "icon" | "busy"> {
  readonly icon: IconName;
  /** What it does: its name for screen readers, and its tooltip. */
  readonly label: string;
}

export function IconButton({ icon, label, disabled = false, ...props }: IconButtonProps): JSX.Element {
  return (
    <button
      type={props.submits ? "submit" : "button"}
      class={`${className({ kind: "quiet", ...props })} icon-only`}
      disabled={disabled}
      aria-pressed={props.pressed}
      aria-label={label}
      title={label}
      onClick={props.onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function className({ kind = "plain", compact = false }: Pick<ButtonProps, "kind" | "compact">): string {
  return `button ${kind}${compact ? " compact" : ""}`;
}
