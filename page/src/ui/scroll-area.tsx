import type { ComponentChildren, JSX } from "preact";

interface ScrollAreaProps {
  /** What is in it, for screen readers. */
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** What may be wider or higher than its place. The arrow keys scroll it. */
export function ScrollArea({ label, class: name = "", children }: ScrollAreaProps): JSX.Element {
  return (
    // Not every browser lets the keyboard into what scrolls; axe's scrollable-region-focusable asks for it, too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section class={`table-scroll ${name}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
