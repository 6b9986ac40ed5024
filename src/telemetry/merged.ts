import type { Across, Family, Sample } from "./exposition.ts";

/** The families of several processes as those of one: what each has counted, added up, and gauges as they say. */
export function merged(all: readonly (readonly Family[])[]): readonly Family[] {
  const byName = Map.groupBy(all.flat(), ({ name }) => name);
  return [...byName.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, samples: mergedSamples(same, first.across ?? "sum") }] : [];
  });
}

function mergedSamples(families: readonly Family[], across: Across): readonly Sample[] {
  const samples = families.flatMap(({ samples }) => samples);
  const bySeries = Map.groupBy(samples, ({ suffix = "", labels }) => `${suffix} ${JSON.stringify(labels)}`);
  return [...bySeries.values()].flatMap((same) => {
    const [first] = same;
    return first
      ? [
          {
            ...first,
            value: one(
              same.map(({ value }) => value),
              across,
            ),
          },
        ]
      : [];
  });
}

function one(values: readonly number[], across: Across): number {
  const sum = values.reduce((sum, value) => sum + value, 0);
  switch (across) {
    case "sum":
      return sum;
    case "average":
      return sum / values.length;
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "first":
      break;
  }
  return values[0] ?? 0;
}
