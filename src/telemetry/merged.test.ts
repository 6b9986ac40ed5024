import assert from "node:assert/strict";
import { test } from "node:test";
import { type Across, expositionText, type Family } from "./exposition.ts";
import { createHistogram, observe } from "./histogram.ts";
import { histogramSamples } from "./exposition.ts";
import { merged } from "./merged.ts";

function counter(calls: Readonly<Record<string, number>>): Family {
  const samples = Object.entries(calls).map(([model, value]) => ({ labels: { model }, value }));
  return { name: "calls_total", help: "Calls.", type: "counter", samples };
}

test("counters of several processes are added up, series by series", () => {
  const text = expositionText(merged([[counter({ a: 1, b: 2 })], [], [counter({ b: 40, c: 5 })]]));
  assert.equal(
    text,
    [
      "# HELP calls_total Calls.",
      "# TYPE calls_total counter",
      'calls_total{model="a"} 1',
      'calls_total{model="b"} 42',
      'calls_total{model="c"} 5',
      "",
    ].join("\n"),
  );
});

test("a histogram of two processes is that of all their values", () => {
  const bounds = [1, 2];
  const of = (...values: readonly number[]): Family => {
    const histogram = createHistogram(bounds);
    for (const value of values) observe(histogram, value);
    return { name: "seconds", help: "Time.", type: "histogram", samples: histogramSamples({}, histogram) };
  };
  assert.deepEqual(merged([[of(0.5, 1.5)], [of(1.5, 3)]]), [of(0.5, 1.5, 1.5, 3)]);
});

for (const [across, value] of [
  ["sum", 4],
  ["average", 2],
  ["min", 1],
  ["max", 3],
  ["first", 3],
] as const satisfies readonly (readonly [Across, number])[]) {
  test(`a gauge across processes: ${across}`, () => {
    const of = (value: number): Family => ({
      name: "lag",
      help: "",
      type: "gauge",
      across,
      samples: [{ labels: {}, value }],
    });
    assert.deepEqual(merged([[of(3)], [of(1)]]), [of(value)]);
  });
}
