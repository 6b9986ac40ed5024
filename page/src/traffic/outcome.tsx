import type { JSX } from "preact";
import type { CallOutcome, CallSummary } from "../../../src/api/admin.ts";
import { text } from "../text/text.ts";
import { Badge } from "../ui/notice.tsx";

const TONES = { complete: "good", failed: "bad", aborted: "warn" } as const satisfies Record<CallOutcome, string>;

/** How a call ended, with the error's status where it failed. */
export function Outcome({
  call: { outcome, error_status: status },
}: {
  readonly call: Pick<CallSummary, "outcome" | "error_status">;
}): JSX.Element {
  return (
    <Badge tone={TONES[outcome]}>
      {text.value.traffic.outcomes[outcome]} {status !== undefined && <span class="numeric">{status}</span>}
    </Badge>
  );
}
