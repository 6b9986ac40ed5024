import { type ReadonlySignal, signal } from "@preact/signals";

const query = globalThis.matchMedia?.("(max-width: 860px)");
const narrow = signal(query?.matches ?? false);
query?.addEventListener("change", () => void (narrow.value = query.matches));

/** Whether there is no room for anything beside the view: the breakpoint of frame.css. */
export const isNarrow: ReadonlySignal<boolean> = narrow;
