import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { number, percent } from "../text/format.ts";
import { isNarrow } from "../style/width.ts";
import { text } from "../text/text.ts";
import { Segmented } from "../ui/segmented.tsx";
import type { Projection } from "./vectors.ts";

interface PointMapProps {
  readonly texts: readonly string[];
  readonly projection: Projection;
  /** `[n, n]` cosines. */
  readonly similarity: readonly (readonly number[])[];
}

/** The texts as points: near ones mean the same. Or as a table, for who does not see the picture. */
export function PointMap({ texts, projection, similarity }: PointMapProps): JSX.Element {
  const shownAs = useSignal<"picture" | "table">("picture");
  const { embeddings } = text.value;
  return (
    <figure class="card embeddings-map" aria-label={embeddings.map}>
      <figcaption>
        <div class="embeddings-map-head">
          <h2>{embeddings.map}</h2>
          <Segmented
            label={embeddings.shownAs}
            value={shownAs.value}
            options={[
              { value: "picture", label: embeddings.picture },
              { value: "table", label: embeddings.table },
            ]}
            onChange={(chosen) => void (shownAs.value = chosen)}
          />
        </div>
        <p class="muted small">{embeddings.mapHint(percent(projection.explained))}</p>
      </figcaption>
      {shownAs.value === "picture" ? (
        <Picture texts={texts} projection={projection} />
      ) : (
        <Table texts={texts} projection={projection} similarity={similarity} />
      )}
    </figure>
  );
}

/** Of the drawing, in its own units: about pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
  readonly labelLength: number;
}

const WIDE: Size = { width: 560, height: 400, labelLength: 28 };
const NARROW: Size = { width: 320, height: 320, labelLength: 12 };
const MARGIN = 36;
/** Labels lie at least so far below each other. */
const LINE = 15;
/** Above so many, points bear numbers only. */
const MAX_LABELLED = 14;

function Picture({ texts, projection }: Pick<PointMapProps, "texts" | "projection">): JSX.Element {
  const { embeddings } = text.value;
  const size = isNarrow.value ? NARROW : WIDE;
  const { width, height } = size;
  const places = fit(projection.points, size);
  const baselines = spread(places, width / 2);
  return (
    <svg class="point-map" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={embeddings.map}>
      <path class="point-map-axes" d={`M0 ${height / 2}H${width}M${width / 2} 0V${height}`} />
      {places.map(([x, y], at) => (
        <g key={at}>
          <title>{texts[at]}</title>
          <circle cx={x} cy={y} r={10} />
          <text class="point-map-index" x={x} y={y + 4}>
            {at + 1}
          </text>
          {texts.length <= MAX_LABELLED && (
            <text
              class={x > width / 2 ? "before" : ""}
              x={x > width / 2 ? x - 15 : x + 15}
              y={(baselines[at] ?? y) + 4}
            >
              {shortened(texts[at] ?? "", size.labelLength)}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

type Place = readonly [number, number];

/** Both directions are scaled alike: a distance is a distance. */
function fit(points: Projection["points"], { width, height }: Size): readonly Place[] {
  const reach = (at: 0 | 1): number => Math.max(...points.map((point) => Math.abs(point[at])), Number.MIN_VALUE);
  const scale = Math.min((width / 2 - MARGIN) / reach(0), (height / 2 - MARGIN) / reach(1));
  const finite = Number.isFinite(scale) ? scale : 0;
  return points.map(([x, y]) => [width / 2 + x * finite, height / 2 - y * finite]);
}

/** Where each point's label goes: beside it, or as far below the one above it, on its side, as that needs. */
function spread(places: readonly Place[], middle: number): readonly number[] {
  const lowest = { left: -LINE, right: -LINE };
  const baselines = places.map(([, y]) => y);
  const downward = places.map((_, at) => at).toSorted((one, other) => baselines[one]! - baselines[other]!);
  for (const at of downward) {
    const [x, y] = places[at]!;
    const side = x > middle ? "right" : "left";
    lowest[side] = Math.max(y, lowest[side] + LINE);
    baselines[at] = lowest[side];
  }
  return baselines;
}

function shortened(line: string, length: number): string {
  const letters = Array.from(line);
  return letters.length > length ? `${letters.slice(0, length - 1).join("")}…` : line;
}

function Table({ texts, projection, similarity }: PointMapProps): JSX.Element {
  const { embeddings } = text.value;
  return (
    <div class="table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{embeddings.text}</th>
            <th scope="col">{embeddings.nearest}</th>
            <th scope="col" class="number">
              {embeddings.similarity}
            </th>
            <th scope="col" class="number">
              {embeddings.axis(1)}
            </th>
            <th scope="col" class="number">
              {embeddings.axis(2)}
            </th>
          </tr>
        </thead>
        <tbody>
          {texts.map((line, at) => {
            const other = nearestTo(similarity[at] ?? [], at);
            const [x, y] = projection.points[at] ?? [0, 0];
            return (
              <tr key={at}>
                <td>{line}</td>
                <td>{texts[other]}</td>
                <td class="number">{number(similarity[at]?.[other] ?? 0, 2)}</td>
                <td class="number">{number(x, 2)}</td>
                <td class="number">{number(y, 2)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The text that is most like the one at that place. */
function nearestTo(row: readonly number[], self: number): number {
  return row.reduce(
    (best, value, at) => (at !== self && (best === self || value > (row[best] ?? -1)) ? at : best),
    self,
  );
}
