import type { JSX } from "preact";

/** Behind a button's word, for screen readers: which of the models it is for. Those who see have it beside the button. */
export function OfModel({ name }: { readonly name: string }): JSX.Element {
  return <span class="hidden-text"> {name}</span>;
}
