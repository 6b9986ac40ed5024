import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { shortTime } from "../text/format.ts";
import type { Values } from "./series.ts";

interface DrawOptions {
  /** Bars on one another, of what adds up, the first at the bottom; else lines. */
  readonly isStacked: boolean;
  /** Of each line: the name of a custom property of tokens.css. */
  readonly colors: readonly string[];
  /** Which of the times the pointer is at; undefined when it leaves. */
  readonly onPoint: (index: number | undefined) => void;
}

/** A chart on its canvas. */
export interface Drawing {
  /** @param at the times, in milliseconds since 1970. */
  show(at: readonly number[], lines: readonly { readonly values: Values }[], format: (value: number) => string): void;
  /** To the width of its place. */
  resize(): void;
  /** In the page's colours, which have changed. */
  recolor(): void;
  end(): void;
}

const HEIGHT = 168;
const FONT = "11px system-ui, sans-serif";
/** Round steps of the scale; counts have no halves. */
const STEPS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((factor) => factor * 10 ** power)).flat();

/** Source: https://github.com/leeoniya/uPlot/tree/master/docs */
export function draw(place: HTMLElement, { isStacked, colors, onPoint }: DrawOptions): Drawing {
  let palette = colorsOf(place, ["line", "muted", ...colors]);
  let formatValue: (value: number) => string = String;
  const color = (name: string): string => palette.get(name) ?? "gray";
  // Those behind are drawn first: of bars on one another, the highest.
  const drawn = isStacked ? colors.toReversed() : colors;

  const axis: uPlot.Axis = {
    stroke: () => color("muted"),
    font: FONT,
    grid: { stroke: () => color("line"), width: 1 },
    ticks: { show: false },
  };
  const chart = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      ms: 1,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: !isStacked } },
      scales: { x: { range: ({ data: [at] }, min, max) => withHalfStep(min, max, at.length) }, y: { range: fromZero } },
      axes: [
        { ...axis, grid: { show: false }, space: 64, size: 28, values: (_, all) => all.map(shortTime) },
        { ...axis, incrs: STEPS, size: 62, space: 36, values: (_, all) => all.map((value) => formatValue(value)) },
      ],
      series: [
        {},
        ...drawn.map((name): uPlot.Series => {
          const paint = (): string => color(name);
          return isStacked ? barsIn(paint) : lineIn(paint);
        }),
      ],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
    },
    [[], ...drawn.map(() => [])],
    place,
  );
  return {
    show(at, lines, format) {
      formatValue = format;
      const values = lines.map((line) => line.values);
      chart.setData([[...at], ...(isStacked ? stacked(values).toReversed() : values).map((line) => [...line])]);
    },
    resize: () => chart.setSize({ width: place.clientWidth, height: HEIGHT }),
    recolor() {
      palette = colorsOf(place, ["line", "muted", ...colors]);
      chart.redraw(false, true);
    },
    end: () => chart.destroy(),
  };
}

function barsIn(paint: () => string): uPlot.Series {
  const { bars } = uPlot.paths;
  return { fill: paint, width: 0, points: { show: false }, ...(bars && { paths: bars({ size: [0.7, 18] }) }) };
}

function lineIn(paint: () => string): uPlot.Series {
  const points: uPlot.Series.Points = { show: true, filter: alone, size: 5, width: 0, stroke: paint, fill: paint };
  return { stroke: paint, width: 1.75, points };
}

/** Where there is nothing before or behind to draw a line to. */
function alone({ data }: uPlot, line: number): number[] {
  const values = data[line] ?? [];
  return [...values.keys()].filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}

/** Each line on top of those before it. */
function stacked(lines: readonly Values[]): readonly Values[] {
  let below: Values = [];
  return lines.map((line) => {
    below = line.map((value, index) => (value ?? 0) + (below[index] ?? 0));
    return below;
  });
}

/** The first and the last bar have room, too. */
function withHalfStep(min: number, max: number, count: number): [number, number] {
  const half = count > 1 ? (max - min) / (count - 1) / 2 : 1;
  return [min - half, max + half];
}

function fromZero(_: uPlot, __: number | null, max: number | null): [number, number] {
  return [0, Math.max(1, (max ?? 0) * 1.08)];
}

/** As the browser computes them: a canvas knows no custom properties, and no `light-dark()`. */
function colorsOf(place: HTMLElement, names: readonly string[]): ReadonlyMap<string, string> {
  const probe = document.createElement("i");
  place.append(probe);
  const colors = names.map((name): [string, string] => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return new Map(colors);
}
