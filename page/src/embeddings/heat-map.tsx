import type { JSX } from "preact";
import { number } from "../text/format.ts";
import { text } from "../text/text.ts";

interface HeatMapProps {
  readonly texts: readonly string[];
  /** `[n, n]` cosines. */
  readonly similarity: readonly (readonly number[])[];
}

/** Above so many, the cells have no room for numbers; screen readers have them all the same. */
const MAX_NUMBERED = 14;

/** A table whose cells are the more coloured, the nearer two texts are. */
export function HeatMap({ texts, similarity }: HeatMapProps): JSX.Element {
  const { embeddings } = text.value;
  const [least, most] = range(similarity);
  const isNumbered = texts.length <= MAX_NUMBERED;
  return (
    <figure class="card embeddings-map" aria-label={embeddings.heatMap}>
      <figcaption>
        <h2>{embeddings.heatMap}</h2>
        <p class="muted small">{embeddings.heatMapHint}</p>
      </figcaption>
      <div class="table-scroll">
        <table class={`heat-map numeric${isNumbered ? "" : " dense"}`}>
          <thead>
            <tr>
              <th scope="col">{embeddings.text}</th>
              {texts.map((line, column) => (
                <th key={column} scope="col" title={line}>
                  {column + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {texts.map((line, row) => (
              <tr key={row}>
                <th scope="row" title={line}>
                  <span class="heat-map-index">{row + 1}</span>
                  {line}
                </th>
                {similarity[row]?.map((value, column) => (
                  <Cell
                    key={column}
                    value={value}
                    heat={heat(value, least, most)}
                    title={`${row + 1} · ${column + 1}`}
                    isNumbered={isNumbered}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

interface CellProps {
  readonly value: number;
  /** Between 0 and 1. */
  readonly heat: number;
  readonly title: string;
  readonly isNumbered: boolean;
}

function Cell({ value, heat, title, isNumbered }: CellProps): JSX.Element {
  const shown = number(value, 2);
  return (
    <td
      class={heat > 0.55 ? "hot" : ""}
      style={{ "--heat": `${Math.round(heat * 100)}%` }}
      title={`${title}: ${number(value, 3)}`}
    >
      {isNumbered ? shown : <span class="hidden-text">{shown}</span>}
    </td>
  );
}

/** The whole range of colours goes to what differs here: the diagonal is left out. */
function range(similarity: readonly (readonly number[])[]): readonly [number, number] {
  const others = similarity.flatMap((row, at) => row.filter((_, column) => column !== at));
  return [Math.min(...others, 1), Math.max(...others, -1)];
}

function heat(value: number, least: number, most: number): number {
  if (most <= least) return value;
  return Math.max(0, Math.min(1, (value - least) / (most - least)));
}
