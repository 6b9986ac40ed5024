import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** Gives the focus back to what had it before the component came, where the component has it when it goes. */
export function useFocusBack(component: RefObject<HTMLElement | null>): void {
  // While it still stands in the page: other effects are cleaned up when it has gone.
  useLayoutEffect(() => {
    const [before, { current }] = [document.activeElement, component];
    return () => {
      if (before instanceof HTMLElement && current?.contains(document.activeElement)) before.focus();
    };
  }, []);
}
