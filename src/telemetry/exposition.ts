import type { Histogram } from "./histogram.ts";

/** A metric with all its series. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
  /** How the values of several processes become one; their sum unless told. */
  readonly across?: Across;
}

export type Across = "sum" | "average" | "min" | "max" | "first";

export interface Sample {
  /** Behind the family's name: `_bucket`. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

export type Labels = Readonly<Record<string, string>>;

export function histogramSamples(labels: Labels, { bounds, counts, sum }: Histogram): readonly Sample[] {
  let below = 0;
  const buckets = counts.map((count, index) => {
    below += count;
    return { suffix: "_bucket", labels: { ...labels, le: String(bounds[index] ?? "+Inf") }, value: below };
  });
  return [...buckets, { suffix: "_sum", labels, value: sum }, { suffix: "_count", labels, value: below }];
}

/** Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export function expositionText(families: readonly Family[]): string {
  return families
    .map(({ name, help, type, samples }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map((sample) => line(name, sample)), ""].join(
        "\n",
      ),
    )
    .join("");
}

function line(name: string, { suffix = "", labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\"\n]/g, (letter) => (letter === "\n" ? "\\n" : `\\${letter}`));
}
