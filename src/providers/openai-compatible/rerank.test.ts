import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyText } from "../../../test/body-text.ts";
import { ApiError } from "../../api/error.ts";
import { Json } from "../../api/json.ts";
import type { RerankRequest } from "../../api/rerank.ts";
import { question, ranking, saysTei, teiQuestion } from "./rerank.ts";

const body: RerankRequest = { model: "x/m", query: "q", documents: ["a", { text: "b" }], top_n: 1 };

test("a standard answer stays the same object, whatever else stands in it", () => {
  const answer = { results: [{ index: 0, relevance_score: 1, document: { text: "a" } }], meta: { tokens: 1 } };
  const reading = ranking(answer, "m", body);
  assert.ok(reading?.isAsItCame);
  assert.equal(reading.value, answer);
});

test("what has no list of scores is no ranking", () => {
  for (const answer of [
    {},
    { results: null },
    { results: [{ index: 0 }] },
    { results: [{ relevance_score: 1 }] },
    [1],
  ]) {
    assert.equal(ranking(answer, "m", body), undefined, JSON.stringify(answer));
  }
});

test("a bare list of scores becomes results, as many as were asked for", () => {
  const ranks = [
    { index: 1, score: 0.9 },
    { index: 0, score: 0.1 },
  ];
  const results = [{ index: 1, relevance_score: 0.9 }];
  assert.deepEqual(ranking(ranks, "m", body)?.value, { object: "list", model: "m", results });
});

test("a document that is null is left out, and one that is text gets its field", () => {
  const answer = {
    results: [
      { index: 0, relevance_score: 1, document: "a" },
      { index: 1, relevance_score: 0, document: null },
    ],
  };
  assert.deepEqual(ranking(answer, "m", { ...body, top_n: null })?.value.results, [
    { index: 0, relevance_score: 1, document: { text: "a" } },
    { index: 1, relevance_score: 0 },
  ]);
});

test("a request keeps its text but for the model; Text Embeddings Inference gets texts, cut unless told otherwise", () => {
  const json = Json.fromText<RerankRequest>('{"model": "x/m", "query":"q", "documents": ["a"], "n": 1.50}');
  const asIs = question("http://h/v1", json, "m");
  assert.equal(asIs.url, "http://h/v1/rerank");
  assert.equal(bodyText(asIs.body), '{"model":"m","query":"q", "documents": ["a"], "n": 1.50}');
  const tei = teiQuestion(
    "http://h/v1",
    Json.fromValue<RerankRequest>({ ...body, truncation: false, raw_scores: true }),
  );
  assert.equal(tei.url, "http://h/rerank");
  const asked = { query: "q", texts: ["a", "b"], truncate: false, raw_scores: true, return_text: false };
  assert.deepEqual(JSON.parse(bodyText(tei.body)), asked);
});

test("only a 404 without a reason, or the field that it misses, tells of Text Embeddings Inference", () => {
  const thrown = (status: number, message: string, code?: string) =>
    new ApiError(status, "invalid_request_error", message, code === undefined ? {} : { code });
  assert.ok(saysTei(thrown(404, "answered with status 404.")));
  assert.ok(saysTei(thrown(400, "Failed to deserialize the JSON body: missing field `texts`")));
  assert.ok(!saysTei(thrown(404, "no such model", "model_not_found")));
  assert.ok(!saysTei(thrown(400, "too long")));
  assert.ok(!saysTei(new Error("missing field `texts`")));
});
