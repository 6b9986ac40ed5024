import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { offer, refreshModels } from "./api/models.ts";
import { session } from "./api/session.ts";
import { Sidebar } from "./sidebar.tsx";
import { createPlayground, ProvidePlayground } from "./playground/playground-state.ts";
import { Playground } from "./playground/playground.tsx";
import { route, type View } from "./router.ts";
import { isNarrow } from "./style/width.ts";
import { text } from "./text/text.ts";
import { IconButton } from "./ui/button.tsx";
import { Drawer } from "./ui/dialog.tsx";
import { lazy } from "./ui/lazy.tsx";

/** The playground is what most come for; the rest is fetched when it is asked for. */
const VIEWS: Readonly<Record<View, ComponentType>> = {
  playground: Playground,
  embeddings: lazy(async () => (await import("./embeddings/embeddings.tsx")).Embeddings),
  models: lazy(async () => (await import("./models/models.tsx")).Models),
  traffic: lazy(async () => (await import("./traffic/traffic.tsx")).Traffic),
};
const Login = lazy(async () => (await import("./login/login.tsx")).Login);

/** The login form, or the frame: navigation beside the view that the address names. */
export function App(): JSX.Element | null {
  if (session.value === undefined) return null;
  const { needs_key: needsKey, signed_in: isSignedIn } = session.value;
  return needsKey && !isSignedIn ? <Login /> : <Frame />;
}

function Frame(): JSX.Element {
  const isMenuOpen = useSignal(false);
  const { frame } = text.value;
  const { view } = route.value;
  const CurrentView = VIEWS[view];
  const playground = useMemo(createPlayground, []);

  useEffect(() => {
    if (offer.value.state !== "known") void refreshModels(); // asked before without a session
  }, []);
  useEffect(() => void (document.title = `${frame.views[view]} · ${frame.title}`), [frame, view]);
  return (
    <ProvidePlayground value={playground}>
      <div class="frame">
        <a class="button skip" href="#main" onClick={focusMain}>
          {frame.skip}
        </a>
        {isNarrow.value ? (
          <header class="topbar">
            <IconButton icon="menu" label={frame.menu} onClick={() => void (isMenuOpen.value = true)} />
            <strong>{frame.views[view]}</strong>
          </header>
        ) : (
          <Sidebar />
        )}
        {isNarrow.value && isMenuOpen.value && (
          <Drawer side="start" title={frame.menu} onClose={() => void (isMenuOpen.value = false)}>
            <Sidebar onLeave={() => void (isMenuOpen.value = false)} />
          </Drawer>
        )}
        <main id="main" class="frame-main" tabIndex={-1}>
          <CurrentView key={view} />
        </main>
      </div>
    </ProvidePlayground>
  );
}

/** The link's own address would be taken for a view's. */
function focusMain(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
