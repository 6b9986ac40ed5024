import type { JSX } from "preact";
import type { LocalModelState } from "../../../src/api/models.ts";
import { bytes, percent } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Badge } from "../ui/notice.tsx";

/** How it is with a model of this machine, in a word or two. */
export function LocalBadge({ local }: { readonly local: LocalModelState }): JSX.Element {
  const { picker } = text.value;
  const { state, bytes: size, done_bytes: done, total_bytes: total } = local;
  switch (state) {
    case "loaded":
      return <Badge tone="good">{picker.loaded}</Badge>;
    case "ready":
      return <Badge>{bytes(size)}</Badge>;
    case "absent":
      return <Badge tone="accent">{picker.absent}</Badge>;
    case "failed":
      return <Badge tone="bad">{picker.failed}</Badge>;
    case "downloading":
      return (
        <Badge tone="warn">
          {total !== undefined && total > 0 ? percent((done ?? 0) / total) : picker.downloading}
        </Badge>
      );
    default:
      return <Badge tone="warn">{picker[state]}</Badge>;
  }
}
