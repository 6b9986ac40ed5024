import type { ComponentChildren, JSX } from "preact";
import type { CallDetails } from "../../../src/api/admin.ts";
import { bigNumber, dateAndTime, duration, number } from "../text/format.ts";
import { text } from "../text/text.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Cost } from "../ui/cost.tsx";

/** What was measured of a call; what is not known is left out. */
export function CallFacts({ call }: { readonly call: CallDetails }): JSX.Element {
  const { columns, operations, stream, whole, details: words } = text.value.traffic;
  const { first_chunk_ms: first, gateway_ms: gateway, cost_usd: cost, finish_reason: finish } = call;
  const speed = tokensPerSecond(call);
  return (
    <dl class="facts card">
      <Fact name={words.at}>{dateAndTime(call.at)}</Fact>
      <Fact name={words.operation}>
        {operations[call.operation]} · {call.stream ? stream : whole}
      </Fact>
      <Fact name={columns.duration}>{duration(call.duration_ms)}</Fact>
      {first !== undefined && <Fact name={columns.first}>{duration(first)}</Fact>}
      <Tokens call={call} />
      {speed !== undefined && <Fact name={words.speed}>{words.perSecond(number(speed, speed < 10 ? 1 : 0))}</Fact>}
      <Fact name={columns.cost}>
        <Cost usd={cost} />
      </Fact>
      {gateway !== undefined && <Fact name={words.gateway}>{duration(gateway)}</Fact>}
      {finish !== undefined && (
        <Fact name={words.finish}>
          <code>{finish}</code>
        </Fact>
      )}
      <Fact name={words.id} isId>
        <code class="break">{call.request_id}</code>
        <CopyButton value={() => call.request_id} />
      </Fact>
    </dl>
  );
}

function Tokens({ call }: { readonly call: CallDetails }): JSX.Element | null {
  const { columns, details: words } = text.value.traffic;
  const { prompt_tokens: read, completion_tokens: written, cached_tokens: cached = 0 } = call;
  if (read === undefined && written === undefined) return null;
  return (
    <Fact name={columns.tokens}>
      {[read, written].map((count) => (count === undefined ? "–" : bigNumber(count))).join(" / ")}
      {cached > 0 && <span class="muted small"> {words.cached(bigNumber(cached))}</span>}
    </Fact>
  );
}

interface FactProps {
  readonly name: string;
  /** Longer than the others. */
  readonly isId?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ name, isId = false, children }: FactProps): JSX.Element {
  return (
    <div class={isId ? "fact fact-id" : "fact"}>
      <dt>{name}</dt>
      <dd class="numeric">{children}</dd>
    </div>
  );
}

/** Of a stream, from its first token on: the first is in the time before. */
function tokensPerSecond(call: CallDetails): number | undefined {
  const { completion_tokens: written = 0, first_chunk_ms: first, duration_ms: total } = call;
  if (first === undefined || written < 2 || total <= first) return undefined;
  return ((written - 1) / (total - first)) * 1000;
}
