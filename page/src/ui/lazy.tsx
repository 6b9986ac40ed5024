import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { text } from "../text/text.ts";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

type Loaded = { readonly View: ComponentType } | { readonly failure: unknown } | undefined;

/** A view whose code is fetched when it is first shown. */
export function lazy(load: () => Promise<ComponentType>): ComponentType {
  return function Lazy(): JSX.Element {
    const loaded = useSignal<Loaded>(undefined);
    useEffect(() => {
      load().then(
        (View) => (loaded.value = { View }),
        (failure: unknown) => (loaded.value = { failure }),
      );
    }, []);
    if (loaded.value === undefined) return <div class="view" aria-busy="true" />;
    return "View" in loaded.value ? <loaded.value.View /> : <NotLoaded />;
  };
}

/** The server has gone, or has been replaced by another version while the page was open. */
function NotLoaded(): JSX.Element {
  const { ui } = text.value;
  return (
    <div class="view">
      <Notice kind="error" title={ui.notLoaded}>
        <div>
          <Button icon="again" onClick={() => location.reload()}>
            {ui.reload}
          </Button>
        </div>
      </Notice>
    </div>
  );
}
