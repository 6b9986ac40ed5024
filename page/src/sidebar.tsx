import type { JSX } from "preact";
import { session, signOut } from "./api/session.ts";
import { Conversations } from "./playground/conversations.tsx";
import { href, route, type View } from "./router.ts";
import { text } from "./text/text.ts";
import { IconButton } from "./ui/button.tsx";
import { Icon, type IconName } from "./ui/icon.tsx";
import { Preferences } from "./ui/preferences.tsx";

const VIEW_ICONS: Readonly<Record<View, IconName>> = {
  playground: "chat",
  embeddings: "scatter",
  models: "box",
  traffic: "pulse",
};

/** Where one can go, what the view shown has beside it, and how the page looks. */
export function Sidebar({ onLeave }: { readonly onLeave?: () => void }): JSX.Element {
  const { frame } = text.value;
  return (
    <aside class="sidebar" aria-label={frame.menu}>
      <a class="brand" href={href("playground")} onClick={onLeave}>
        <img src="/favicon.svg" alt="" />
        {frame.title}
      </a>
      <nav aria-label={frame.navigation}>
        <ul class="navigation">
          {Object.entries(VIEW_ICONS).map(([name, icon]) => (
            <NavigationLink key={name} view={name as View} icon={icon} onLeave={onLeave} />
          ))}
          <li>
            <a href="/docs">
              <Icon name="book" />
              {frame.docs}
            </a>
          </li>
        </ul>
      </nav>
      <div class="sidebar-view">{route.value.view === "playground" && <Conversations onLeave={onLeave} />}</div>
      <Preferences>
        {session.value?.needs_key === true && (
          <IconButton compact icon="key" label={frame.signOut} onClick={() => void signOut()} />
        )}
      </Preferences>
    </aside>
  );
}

interface NavigationLinkProps {
  readonly view: View;
  readonly icon: IconName;
  readonly onLeave: (() => void) | undefined;
}

function NavigationLink({ view, icon, onLeave }: NavigationLinkProps): JSX.Element {
  return (
    <li>
      <a href={href(view)} aria-current={route.value.view === view ? "page" : undefined} onClick={onLeave}>
        <Icon name={icon} />
        {text.value.frame.views[view]}
      </a>
    </li>
  );
}
