import type { JSX } from "preact";
import type { CallTry } from "../../../src/api/admin.ts";
import { bigNumber, duration } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Badge } from "../ui/notice.tsx";
import { type Bar, ticks, waterfall } from "./waterfall.ts";

/** Every try of every model on one scale of time: what was waited for, and what came. */
export function Waterfall({
  tries,
  durationMs,
}: {
  readonly tries: readonly CallTry[];
  readonly durationMs: number;
}): JSX.Element {
  const { details: words } = text.value.traffic;
  const { bars, totalMs } = waterfall(tries, durationMs);
  return (
    <div class="waterfall">
      <ol class="tries">
        {tries.map((one, index) => (
          <Try key={index} one={one} bar={bars[index]} />
        ))}
      </ol>
      <div class="scale numeric" aria-hidden="true">
        {ticks(totalMs).map((ms) => (
          <span key={ms} style={{ left: share(ms / totalMs) }}>
            {duration(ms)}
          </span>
        ))}
      </div>
      <p class="legend muted small" aria-hidden="true">
        <span class="legend-waiting">{words.waits}</span>
        <span class="legend-answering">{words.streams}</span>
      </p>
    </div>
  );
}

function Try({ one, bar }: { readonly one: CallTry; readonly bar: Bar | undefined }): JSX.Element {
  const { details: words } = text.value.traffic;
  const { target, outcome, status, start_ms, duration_ms, first_chunk_ms, completion_tokens } = one;
  const isOk = outcome === "ok";
  const facts = [
    words.span(duration(start_ms), duration(duration_ms)),
    ...(first_chunk_ms === undefined ? [] : [`${words.waits}: ${duration(first_chunk_ms)}`]),
    ...(completion_tokens === undefined ? [] : [words.tokens(bigNumber(completion_tokens))]),
  ];
  return (
    <li class="try">
      <div class="row-title">
        <strong class="break">{target}</strong>
        <Badge tone={isOk ? "good" : outcome === "aborted" ? "warn" : "bad"}>
          {isOk ? words.ok : outcome} {status !== undefined && !isOk && <span class="numeric">{status}</span>}
        </Badge>
        <span class="muted small numeric">{facts.join(" · ")}</span>
      </div>
      {bar && (
        <div class={isOk ? "track" : "track failed"} aria-hidden="true">
          {bar.waiting > 0 && (
            <span class="bar waiting" style={{ left: share(bar.start), width: share(bar.waiting) }} />
          )}
          <span class="bar" style={{ left: share(bar.start + bar.waiting), width: share(bar.answering) }} />
        </div>
      )}
    </li>
  );
}

function share(of: number): string {
  return `${(100 * of).toFixed(2)}%`;
}
