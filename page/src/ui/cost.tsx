import type { JSX } from "preact";
import { dollars } from "../text/format.ts";
import { text } from "../text/text.ts";

/** In US dollars; where no price is known, a dash that says so. */
export function Cost({ usd }: { readonly usd: number | undefined }): JSX.Element {
  if (usd !== undefined) return <span>{dollars(usd)}</span>;
  return <span title={text.value.ui.noPrice}>—</span>;
}
