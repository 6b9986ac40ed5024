import { type ReadonlySignal, signal } from "@preact/signals";

/** What the page can show. Paths of the API stand beside it (`/models`), so the view is in the URL's hash. */
export const VIEWS = ["playground", "embeddings", "models", "traffic"] as const;
export type View = (typeof VIEWS)[number];

/** `#/traffic/req_1`: the view and what of it. */
export interface Route {
  readonly view: View;
  readonly rest: readonly string[];
}

const current = signal<Route>(routeOf(globalThis.location?.hash ?? ""));

/** What is shown now; follows the address bar. */
export const route: ReadonlySignal<Route> = current;

/** Follows the address bar from now on. */
export function followAddress(): void {
  addEventListener("hashchange", () => void (current.value = routeOf(location.hash)));
}

/** An address for a link. */
export function href(view: View, ...rest: readonly string[]): string {
  return `#/${[view, ...rest].map(encodeURIComponent).join("/")}`;
}

/** Goes there, as a click on a link does. */
export function go(view: View, ...rest: readonly string[]): void {
  location.hash = href(view, ...rest);
}

/** Unknown ones lead to the playground. */
export function routeOf(hash: string): Route {
  const [name, ...rest] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decoded);
  const view = VIEWS.find((known) => known === name);
  return view ? { view, rest } : { view: "playground", rest: [] };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray '%' that somebody typed
  }
}
