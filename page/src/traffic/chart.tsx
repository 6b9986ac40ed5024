import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { TrafficStats } from "../../../src/api/admin.ts";
import { theme } from "../style/theme.ts";
import { shortTime } from "../text/format.ts";
import { text } from "../text/text.ts";
import { ScrollArea } from "../ui/scroll-area.tsx";
import { type Drawing, draw } from "./draw.ts";
import { peak, times, type Values } from "./series.ts";

export interface Line {
  readonly name: string;
  /** The custom property of tokens.css. */
  readonly color: "accent" | "good" | "warn" | "bad";
  readonly values: Values;
}

interface ChartProps {
  readonly title: string;
  readonly stats: TrafficStats;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Bars on one another, of what adds up; else lines. */
  readonly isStacked?: boolean;
}

/** A picture, the same in a sentence, and in a table that can be opened. */
export function Chart({ title, stats, lines, format, isStacked = false }: ChartProps): JSX.Element {
  const { charts: words } = text.value.traffic;
  const at = times(stats);
  const hasValues = lines.some(({ values }) => peak(values));
  const pointed = useSignal<number | undefined>(undefined);
  return (
    <figure class="card chart" aria-label={title}>
      <figcaption class="chart-head">
        <h2>{title}</h2>
        {hasValues && <Legend at={at} lines={lines} format={format} pointed={pointed.value} />}
      </figcaption>
      {hasValues ? (
        <Plot
          at={at}
          lines={lines}
          format={format}
          isStacked={isStacked}
          onPoint={(index) => void (pointed.value = index)}
        />
      ) : (
        <p class="chart-empty muted">{words.empty}</p>
      )}
      <p class="hidden-text">{summary(at, lines, format)}</p>
      {hasValues && (
        <details class="chart-table">
          <summary>{words.table}</summary>
          <ValueTable title={title} at={at} lines={lines} format={format} />
        </details>
      )}
    </figure>
  );
}

interface LegendProps extends Pick<ChartProps, "lines" | "format"> {
  readonly at: readonly number[];
  /** Which of the times the pointer is at. */
  readonly pointed: number | undefined;
}

/** The lines' names, and their values where the pointer is. */
function Legend({ at, lines, format, pointed }: LegendProps): JSX.Element {
  return (
    <span class="legend small numeric">
      {pointed !== undefined && <span class="muted">{shortTime(at[pointed] ?? 0)}</span>}
      {lines.toReversed().map(({ name, color, values }) => (
        <span key={name} class={`legend-${color}`}>
          {name}
          {pointed !== undefined && <strong>{valueText(values[pointed], format)}</strong>}
        </span>
      ))}
    </span>
  );
}

interface PlotProps extends Pick<ChartProps, "lines" | "format"> {
  readonly at: readonly number[];
  readonly isStacked: boolean;
  readonly onPoint: (index: number | undefined) => void;
}

/** Follows its data, its width and the page's colours. */
function Plot({ at, lines, format, isStacked, onPoint }: PlotProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing>(undefined);

  useEffect(() => {
    const { current } = place;
    if (!current) return undefined;
    drawing.current = draw(current, { isStacked, colors: lines.map(({ color }) => color), onPoint });
    const colors = matchMedia("(prefers-color-scheme: dark)");
    const onColors = (): void => drawing.current?.recolor();
    colors.addEventListener("change", onColors);
    const observer = new ResizeObserver(() => drawing.current?.resize());
    observer.observe(current);
    return () => {
      colors.removeEventListener("change", onColors);
      observer.disconnect();
      drawing.current?.end();
    };
  }, [isStacked]);
  useEffect(() => drawing.current?.show(at, lines, format));
  useSignalEffect(() => {
    void theme.value; // whoever sets it on the document does so after this effect
    queueMicrotask(() => drawing.current?.recolor());
  });
  return <div ref={place} class="plot" aria-hidden="true" />;
}

function ValueTable({
  title,
  at,
  lines,
  format,
}: Pick<PlotProps, "at" | "lines" | "format"> & { readonly title: string }): JSX.Element {
  const { columns } = text.value.traffic;
  const shown = at.map((_, index) => index).filter((index) => lines.some(({ values }) => values[index]));
  return (
    <ScrollArea label={title}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{columns.time}</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.toReversed().map((index) => (
            <tr key={index}>
              <th scope="row" class="numeric">
                {shortTime(at[index] ?? 0)}
              </th>
              {lines.map(({ name, values }) => (
                <td key={name} class="number">
                  {valueText(values[index], format)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value == null ? "–" : format(value);
}

/** `Failed: at most 3, at 14:02.` of each line. */
function summary(at: readonly number[], lines: readonly Line[], format: (value: number) => string): string {
  const { charts: words } = text.value.traffic;
  const sentences = lines.flatMap(({ name, values }) => {
    const most = peak(values);
    return most ? [`${name}: ${words.peak(format(most.value), shortTime(at[most.index] ?? 0))}`] : [];
  });
  return sentences.length > 0 ? sentences.join(" ") : words.empty;
}
