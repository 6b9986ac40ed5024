import type { JSX } from "preact";
import type { ModelTraffic } from "../../../src/api/admin.ts";
import { bigNumber, duration, number } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Cost } from "../ui/cost.tsx";
import { ScrollArea } from "../ui/scroll-area.tsx";

/** So many; the others are in the list of calls. */
const MAX_SHOWN = 12;
/** What the server counts all others under. */
const OTHER = "other";

/** Who answered, the busiest first. */
export function ModelTable({ models }: { readonly models: readonly ModelTraffic[] }): JSX.Element {
  const { traffic: words } = text.value;
  const { columns, figures } = words;
  const most = Math.max(...models.map(({ total }) => total.calls));
  const hasCost = models.some(({ total }) => total.cost_usd > 0);
  return (
    <div class="stack">
      <h2>{words.byModel}</h2>
      <ScrollArea class="card" label={words.byModel}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{columns.model}</th>
              <th scope="col" class="number">
                {figures.calls}
              </th>
              <th scope="col" class="roomy" aria-hidden="true" />
              <th scope="col" class="number">
                {figures.failed}
              </th>
              <th scope="col" class="number">
                {words.charts.p50}
              </th>
              <th scope="col" class="number">
                {words.charts.p95}
              </th>
              <th scope="col" class="number">
                {columns.tokens}
              </th>
              {hasCost && (
                <th scope="col" class="number">
                  {columns.cost}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {models.slice(0, MAX_SHOWN).map(({ model, total }) => (
              <tr key={model}>
                <th scope="row" class="break named">
                  {model === OTHER ? words.otherModels : model}
                </th>
                <td class="number">{number(total.calls)}</td>
                <td class="share roomy" aria-hidden="true">
                  <meter class="share-bar" min={0} max={most} value={total.calls} />
                </td>
                <td class={total.failed > 0 ? "number bad" : "number"}>{number(total.failed)}</td>
                <td class="number">{total.p50_ms === undefined ? "–" : duration(total.p50_ms)}</td>
                <td class="number">{total.p95_ms === undefined ? "–" : duration(total.p95_ms)}</td>
                <td class="number">
                  {bigNumber(total.prompt_tokens)} / {bigNumber(total.completion_tokens)}
                </td>
                {hasCost && (
                  <td class="number">
                    <Cost usd={total.cost_usd > 0 ? total.cost_usd : undefined} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </div>
  );
}
