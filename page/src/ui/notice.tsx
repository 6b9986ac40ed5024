import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

const ICONS = { info: "info", warning: "alert", error: "alert" } as const;

interface NoticeProps {
  readonly kind?: keyof typeof ICONS;
  readonly title?: string;
  readonly children?: ComponentChildren;
}

/** What went wrong, or should be known. Errors are read out at once. */
export function Notice({ kind = "info", title, children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${kind}`} role={kind === "error" ? "alert" : "note"}>
      <Icon name={ICONS[kind]} />
      <div class="notice-body">
        {title !== undefined && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** In place of what is not there yet: what would be here, and how to get it. */
export function Empty({ icon, title, children }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} />
      <strong>{title}</strong>
      {children}
    </div>
  );
}

interface BadgeProps {
  readonly tone?: "neutral" | "good" | "warn" | "bad" | "accent";
  readonly children: ComponentChildren;
}

export function Badge({ tone = "neutral", children }: BadgeProps): JSX.Element {
  return <span class={`badge ${tone}`}>{children}</span>;
}

interface ProgressProps {
  /** Between 0 and 1; undefined: nobody knows how far it is. */
  readonly share: number | undefined;
  readonly children: ComponentChildren;
}

/** How far something is, in words and as a bar. */
export function Progress({ share, children }: ProgressProps): JSX.Element {
  return (
    <label class="progress">
      <span class="numeric">{children}</span>
      <progress {...(share !== undefined && { value: share })} max={1} />
    </label>
  );
}
