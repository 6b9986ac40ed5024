import assert from "node:assert/strict";
import { test } from "node:test";
import { createCounts, errorClassOf } from "./counts.ts";
import { expositionText, histogramSamples } from "./exposition.ts";
import { createHistogram, observe } from "./histogram.ts";
import { createModelNames } from "./model-names.ts";
import type { CallRecord } from "./record.ts";

function record(change: Partial<CallRecord> = {}): CallRecord {
  return {
    requestId: "r",
    startedAtMs: 0,
    operation: "chat",
    stream: false,
    model: "m",
    provider: "openai",
    providerModel: "gpt-4o",
    outcome: "complete",
    durationMs: 100,
    ...change,
  };
}

test("a name is known from its first answer on, as long as there is room", () => {
  const names = createModelNames(2);
  assert.equal(names.of(record({ providerModel: "a", outcome: "failed" })), "other");
  assert.equal(names.of(record({ providerModel: "a" })), "openai/a");
  assert.equal(names.of(record({ providerModel: "a", outcome: "failed" })), "openai/a");
  assert.equal(names.of(record({ providerModel: "b" })), "openai/b");
  assert.equal(names.of(record({ providerModel: "c" })), "other");
  const { provider: _, ...nowhere } = record();
  assert.equal(names.of(nowhere), "other");
  assert.deepEqual([names.has("openai/b"), names.has("openai/c")], [true, false]);
});

test("attempts after the first are retries of the same target, or fallbacks to another", () => {
  const counts = createCounts(createModelNames());
  const attempts = ["a/x", "a/x", "b/y", "b/y", "a/x"].map((target) => ({
    target,
    outcome: "ok",
    startMs: 0,
    durationMs: 1,
  }));
  counts.add(record({ attempts }));
  const [own] = counts.all();
  assert.deepEqual([own?.retries, own?.fallbacks], [2, 2]);
});

test("the time of a token is that of the stream after its first content", () => {
  const counts = createCounts(createModelNames());
  counts.add(record({ stream: true, firstChunkMs: 100, durationMs: 1100, completionTokens: 11 }));
  assert.equal(counts.all()[0]?.perOutputToken.sum, 0.1);
});

test("every status has a word of the closed set", () => {
  const words = [400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504, 529].map(errorClassOf);
  assert.deepEqual(words, [
    "invalid_request",
    "authentication",
    "authentication",
    "not_found",
    "timeout",
    "invalid_request",
    "rate_limit",
    "upstream",
    "upstream",
    "overloaded",
    "timeout",
    "overloaded",
  ]);
});

test("histograms add up, and labels are escaped", () => {
  const histogram = createHistogram([1, 2]);
  for (const value of [0.5, 1, 1.5, 99]) observe(histogram, value);
  const samples = histogramSamples({ model: 'a"b\\c\nd' }, histogram);
  assert.equal(
    expositionText([{ name: "x_seconds", help: "What.", type: "histogram", samples }]),
    [
      "# HELP x_seconds What.",
      "# TYPE x_seconds histogram",
      String.raw`x_seconds_bucket{model="a\"b\\c\nd",le="1"} 2`,
      String.raw`x_seconds_bucket{model="a\"b\\c\nd",le="2"} 3`,
      String.raw`x_seconds_bucket{model="a\"b\\c\nd",le="+Inf"} 4`,
      String.raw`x_seconds_sum{model="a\"b\\c\nd"} 102`,
      String.raw`x_seconds_count{model="a\"b\\c\nd"} 4`,
      "",
    ].join("\n"),
  );
  const none = { name: "none", help: "None.", type: "gauge", samples: [] } as const;
  assert.equal(expositionText([none]), "# HELP none None.\n# TYPE none gauge\n");
});
