import type { JSX } from "preact";
import type { TrafficFigures } from "../../../src/api/admin.ts";
import { bigNumber, dollars, duration, number, percent } from "../text/format.ts";
import { text } from "../text/text.ts";

/** The sums of the time shown: six numbers, each with what qualifies it. */
export function Figures({ total }: { readonly total: TrafficFigures }): JSX.Element {
  const { figures: words } = text.value.traffic;
  const { calls, failed, aborted, p50_ms, p95_ms, first_chunk_p50_ms, first_chunk_p95_ms } = total;
  const { prompt_tokens: read, completion_tokens: written, cost_usd: cost } = total;
  const within = (ms: number | undefined): string => (ms === undefined ? "" : words.p95(duration(ms)));
  return (
    <dl class="sums">
      <Figure name={words.calls} value={number(calls)} note={aborted > 0 ? words.aborted(number(aborted)) : ""} />
      <Figure
        name={words.failed}
        value={number(failed)}
        note={failed > 0 ? words.share(percent(failed / calls)) : ""}
        isBad={failed > 0}
      />
      {p50_ms !== undefined && <Figure name={words.duration} value={duration(p50_ms)} note={within(p95_ms)} />}
      {first_chunk_p50_ms !== undefined && (
        <Figure name={words.first} value={duration(first_chunk_p50_ms)} note={within(first_chunk_p95_ms)} />
      )}
      <Figure
        name={words.tokens}
        value={bigNumber(read + written)}
        note={words.inOut(bigNumber(read), bigNumber(written))}
      />
      {cost > 0 && <Figure name={words.cost} value={dollars(cost)} note="" />}
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly isBad?: boolean;
}

function Figure({ name, value, note, isBad = false }: FigureProps): JSX.Element {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd class={isBad ? "figure-value bad" : "figure-value"}>{value}</dd>
      {note !== "" && <dd class="figure-note">{note}</dd>}
    </div>
  );
}
