/** How long the browser keeps it: until it is cleared, or as long as the tab is open, over reloads too. */
export type Lifetime = "always" | "tab";

/** Reading them may throw already. */
const AREAS: Readonly<Record<Lifetime, () => Storage>> = { always: () => localStorage, tab: () => sessionStorage };

/** What the browser keeps for this page; undefined where it keeps nothing (private windows, blocked storage). */
export function stored(name: string, lifetime: Lifetime = "always"): string | undefined {
  try {
    return AREAS[lifetime]().getItem(`omniport.${name}`) ?? undefined;
  } catch {
    return undefined; // storage is blocked: the page works without
  }
}

export function store(name: string, value: string, lifetime: Lifetime = "always"): void {
  try {
    AREAS[lifetime]().setItem(`omniport.${name}`, value);
  } catch {
    // Storage is blocked or full: the value holds until the page is closed.
  }
}
