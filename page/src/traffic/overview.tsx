import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { TrafficStats } from "../../../src/api/admin.ts";
import { stats } from "../api/admin.ts";
import { useAnswer } from "../api/answer.ts";
import { ApiFailure } from "../api/request.ts";
import { text } from "../text/text.ts";
import { Failed } from "../ui/failed.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { CallList } from "./call-list.tsx";
import { Figures } from "./figures.tsx";
import { ModelTable } from "./model-table.tsx";

const REFRESH_MS = 10_000;
const SPANS = ["hour", "day"] as const;

/** How things were in the last hour or day, and the calls themselves. */
export function Overview(): JSX.Element {
  const { frame, traffic: words } = text.value;
  const span = useSignal<TrafficStats["span"]>("hour");
  const { answer, again } = useAnswer((signal) => stats(span.value, signal), [span.value], REFRESH_MS);
  const { value, failure } = answer.value;
  const isOff = failure instanceof ApiFailure && failure.code === "traffic_off";
  return (
    <div class="view traffic">
      <div class="view-head">
        <div>
          <h1>{frame.views.traffic}</h1>
          <p>{words.hint}</p>
        </div>
        <Segmented
          label={words.span}
          value={span.value}
          options={SPANS.map((value) => ({ value, label: words.spans[value] }))}
          onChange={(chosen) => void (span.value = chosen)}
        />
      </div>
      {failure && !isOff && <Failed failure={failure} onAgain={again} />}
      {isOff && (
        <Notice kind="warning" title={words.off}>
          <p>{words.offHint}</p>
        </Notice>
      )}
      {value && value.total.calls > 0 && (
        <>
          <Figures total={value.total} />
          <LazyCharts stats={value} />
          <ModelTable models={value.models} />
        </>
      )}
      {!isOff && <CallList models={value?.models.map(({ model }) => model) ?? []} />}
    </div>
  );
}

type ChartsView = ComponentType<{ readonly stats: TrafficStats }>;

/** The library that draws is fetched when there is something to draw. */
function LazyCharts({ stats }: { readonly stats: TrafficStats }): JSX.Element {
  const loaded = useSignal<{ readonly View: ChartsView } | undefined>(undefined);
  useEffect(() => {
    import("./charts.tsx").then(
      ({ Charts }) => (loaded.value = { View: Charts }),
      () => undefined, // the figures and tables say the same
    );
  }, []);
  return loaded.value ? <loaded.value.View stats={stats} /> : <div class="charts" aria-busy="true" />;
}
